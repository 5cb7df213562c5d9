"""The portal's own keys: what there is, how each is renewed while the portal runs, and given up."""
