"""Neural language models: an LSTM or a Transformer that learns to predict the next word of a text."""
