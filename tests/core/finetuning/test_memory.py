import pytest
import torch

from core.errors import InputError
from core.finetuning.memory import available_memory, memory_errors


def test_it_is_what_the_machine_has_free(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 4000 kB\nMemFree: 100 kB\nMemAvailable: 3000 kB\n")
    assert available_memory(tmp_path / "none", meminfo) == 3000 * 1024


def test_a_container_may_leave_less(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemAvailable: 3000 kB\n")
    (tmp_path / "memory.max").write_text("2000000\n")
    (tmp_path / "memory.current").write_text("1500000\n")
    (tmp_path / "memory.stat").write_text("anon 1000000\ninactive_file 200000\n")
    # 2,000,000 less 1,500,000, of which 200,000 are copies of files.
    assert available_memory(tmp_path, meminfo) == 700_000
    (tmp_path / "memory.max").write_text("max\n")
    assert available_memory(tmp_path, meminfo) == 3000 * 1024


def test_control_groups_of_version_1(tmp_path):
    group = tmp_path / "memory"
    group.mkdir()
    (group / "memory.limit_in_bytes").write_text("2000000\n")
    (group / "memory.usage_in_bytes").write_text("1500000\n")
    (group / "memory.stat").write_text("total_inactive_file 0\n")
    assert available_memory(tmp_path, tmp_path / "absent") == 500_000
    (group / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert available_memory(tmp_path, tmp_path / "absent") is None


def test_this_machine_has_some():
    free = available_memory()
    assert free is None or free > 1 << 20


@pytest.mark.parametrize(
    ("ask", "where"),
    [
        (lambda: torch.empty(1 << 60, dtype=torch.int8), "this machine"),
        (lambda: raised(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")), "the GPU"),
    ],
)
def test_memory_that_ends_is_a_sentence(ask, where):
    problem = f"The memory of {where} does not suffice for this training. Train fewer"
    with pytest.raises(InputError, match=problem), memory_errors():
        ask()


def test_another_error_of_torch_stays_what_it_is():
    with pytest.raises(RuntimeError, match="size"), memory_errors():
        torch.ones(2) @ torch.ones(3)


def raised(error):
    raise error
