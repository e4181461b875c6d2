"""Transfer learning: a pretrained BERT, fine-tuned on labelled text."""

import os

# oneDNN, which multiplies matrices for torch, keeps compiled code for every shape of batch it has met: hundreds of
# megabytes after some hundred steps, and no faster than with this few. It reads the limit when it is first used.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
