"""The compiled loops: from code points to (text, query) pairs in one pass, without a Python object in between.

For each text: fold it into UTF-8 and note where words begin and end (`folding`), find these in the vocabulary and
follow phrases and partial words (`reading`), run the tests of the queries whose anchors occurred (`deciding`).
`building` fills the tables that they read; all of them look things up by `hashing`, in text that stands in `blocks`.
"""
