import pytest

from core.errors import InputError, UnknownName
from core.registry import Registry, unknown_name


def filled() -> Registry[int]:
    numbers: Registry[int] = Registry("number")
    numbers.register("one")(1)
    numbers.register("three")(3)
    numbers.register("two")(2)
    return numbers


def test_a_registry_reads_like_a_dict_in_the_order_of_registration() -> None:
    numbers = filled()
    assert dict(numbers) == {"one": 1, "three": 3, "two": 2}
    assert list(numbers) == ["one", "three", "two"]
    assert len(numbers) == 3
    assert "one" in numbers
    assert "four" not in numbers
    assert 1 not in numbers
    assert numbers.get("four") is None


def test_register_is_a_decorator_that_returns_what_it_files() -> None:
    functions: Registry[object] = Registry("function")

    @functions.register("double")
    def double(x: int) -> int:
        return 2 * x

    assert functions["double"] is double
    assert double(4) == 8


def test_a_name_registered_twice_is_a_mistake_and_the_first_one_stays() -> None:
    numbers = filled()
    with pytest.raises(ValueError, match="already a number named 'one'"):
        numbers.register("one")(11)
    assert numbers["one"] == 1


def test_an_unknown_name_lists_the_choices_and_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName) as raised:
        filled()["thre"]
    assert raised.value.problem == "There is no number named 'thre'."
    assert raised.value.remedy == "Did you mean 'three'? The choices are: one, three, two."
    assert str(raised.value) == f"{raised.value.problem} {raised.value.remedy}"
    assert isinstance(raised.value, InputError)


def test_a_name_like_no_other_gets_no_suggestion() -> None:
    with pytest.raises(UnknownName) as raised:
        filled()["zzz"]
    assert raised.value.remedy == "The choices are: one, three, two."


def test_of_many_choices_the_first_are_listed() -> None:
    names = [f"n{i:03}" for i in range(1_032)]
    remedy = unknown_name("dataset", "zzz", names).remedy
    assert remedy == f"The choices are: {', '.join(names[:30])} and 1,002 more."


def test_where_there_is_nothing_to_choose_from_that_is_said() -> None:
    assert unknown_name("dataset", "a", []).remedy == "The choices are: none."
    with pytest.raises(UnknownName, match="no thing named ''"):
        Registry[int]("thing")[""]
