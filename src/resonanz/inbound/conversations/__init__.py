"""The inbox: threads with a state and somebody who takes care of them."""
