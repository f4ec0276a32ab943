"""What clients see, a file per noun."""
