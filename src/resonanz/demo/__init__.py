"""The demo company: a maker of cargo bikes with 90 days of conversation, on networks that live inside this process."""
