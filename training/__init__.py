"""What makes the weights of `resonanz.understanding`, and what measures them. Not part of the product."""
