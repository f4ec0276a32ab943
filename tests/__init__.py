"""Facts about the product, told through its doors, on both databases."""
