"""The portal with its citizens split over two PostgreSQL clusters (docs/scaling.md)."""
