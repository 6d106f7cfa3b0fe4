"""The shared catalogue of families and products: packaged, versioned, adopted by each bank."""
