"""GANs of handwritten digits: small pictures, to see how adversarial training works and fails."""
