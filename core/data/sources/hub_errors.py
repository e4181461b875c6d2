"""A sentence for each way in which reading a dataset of the hub fails."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import CorpusLabError, FileError, InputError, MissingResource, StorageError

OTHER_WAY = "Choose another dataset, or download its files and import them one at a time."
OFFLINE_WAY = "Download the dataset's file in a browser where there is a network, then import it as a file."
CAUSE_CHARACTERS = 200


@contextmanager
def hub_errors(dataset_id: str, is_gated: bool = False) -> Iterator[None]:
    """Turn the errors of the hub's libraries into ours.

    InputError: no such dataset, or no access. FileError: its files cannot be read. MissingResource: the hub cannot be
    reached. StorageError: the hub's cache on this machine cannot be written.
    """
    import httpx2
    import pyarrow as pa
    from datasets.exceptions import DatasetsError
    from huggingface_hub.constants import HF_HUB_CACHE
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled, RepositoryNotFoundError

    try:
        yield
    except CorpusLabError:
        raise
    except OfflineModeIsEnabled as error:
        problem = "The hub is switched off on this machine by HF_HUB_OFFLINE."
        raise MissingResource(problem, f"Unset HF_HUB_OFFLINE, or go without: {OFFLINE_WAY}") from error
    except (RepositoryNotFoundError, FileNotFoundError) as error:
        if is_gated or isinstance(error, GatedRepoError):
            problem = f"The dataset {dataset_id} is open only to people who asked for access."
            remedy = "Ask for it on the dataset's page, and put your access token into HF_TOKEN before the app starts."
        elif isinstance(error, RepositoryNotFoundError):
            problem = f"There is no public dataset {dataset_id!r} on the hub."
            remedy = "Check the id; a private dataset needs an access token in HF_TOKEN."
        else:
            problem = f"The dataset {dataset_id} has no data files of a kind that can be read here."
            remedy = OTHER_WAY
        raise InputError(problem, remedy) from error
    except HfHubHTTPError as error:
        raise MissingResource(f"The hub answered with the error {error.response.status_code}.", OFFLINE_WAY) from error
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT):
            problem = f"The folder {HF_HUB_CACHE} cannot be written ({error.strerror})."
            raise StorageError(problem, "Set HF_HOME to a folder with room that can be written.") from error
        raise MissingResource(f"The hub cannot be reached ({_cause(error)}).", OFFLINE_WAY) from error
    except httpx2.HTTPError as error:
        raise MissingResource(f"The hub cannot be reached ({_cause(error)}).", OFFLINE_WAY) from error
    except (ValueError, TypeError, KeyError, RuntimeError, pa.ArrowException, DatasetsError) as error:
        problem = f"The files of the dataset {dataset_id} cannot be read ({_cause(error)})."
        raise FileError(
            problem, "Choose another dataset, or download its files and import them one at a time."
        ) from error


def _cause(error: BaseException) -> str:
    """Return what a library says, on one line."""
    message = re.sub(r"^\[Errno -?\d+\] ", "", " ".join(str(error).split()))
    return message[:CAUSE_CHARACTERS].rstrip(".") or type(error).__name__
