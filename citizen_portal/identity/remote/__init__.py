"""The identity provider: how it is asked, and what of its answers is believed."""
