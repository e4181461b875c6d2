"""GANs for text: rows that a generator writes and a discriminator judges word by word, and how good they are."""
