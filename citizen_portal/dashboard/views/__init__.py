"""The pages that gather from several slices; one file per page or pair of pages."""
