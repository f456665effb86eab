"""The words everybody uses: messages, authors, drafts, receipts, cursors, and how text is counted."""
