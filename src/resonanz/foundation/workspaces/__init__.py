"""The company, its people and what each of them may do."""
