"""Transfer learning: a pretrained BERT, fine-tuned on labelled text."""
