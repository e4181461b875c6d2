"""`finetune`: fine-tune BERT on a labelled dataset."""

from core.cli.commands import Commands, on_version


def add(commands: Commands) -> None:
    """Add the command."""
    made = commands.add("finetune", on_version("finetune"), "Fine-tune BERT on a labelled dataset.")
    made.add_argument("--data", required=True, metavar="NAME", help="The dataset, or one version of it (NAME@2).")
    commands.add_config(made, "finetune", "version")
