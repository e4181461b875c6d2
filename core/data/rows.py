"""What every row of every dataset version has: the columns, their types, and the words they may hold."""

import pyarrow as pa

COLUMNS = ("id", "text", "label", "split", "origin", "parent_id", "operator")
SPLITS = ("train", "validation", "test")
ORIGINS = ("original", "augmented", "generated")

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),  # unique in a version, kept from version to version
        pa.field("text", pa.string(), nullable=False),  # "" where the source had none
        pa.field("label", pa.string()),  # null where unlabelled
        pa.field("split", pa.string()),  # one of SPLITS, or null
        pa.field("origin", pa.string(), nullable=False),  # one of ORIGINS
        pa.field("parent_id", pa.string()),  # the row this one was made from
        pa.field("operator", pa.string()),  # what made it
    ]
)

BATCH_ROWS = 8_192
