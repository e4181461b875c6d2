from core.gan.digits.standing import Rhythm


def test_the_rhythm_fits_the_length():
    usual = Rhythm.of(20_000)
    assert (usual.point, usual.grid, usual.judgement) == (20, 100, 400)
    tiny = Rhythm.of(24)  # 24 // 20, 24 // 10, 24 // 4
    assert (tiny.point, tiny.grid, tiny.judgement) == (1, 2, 6)
    huge = Rhythm.of(10_000_000)
    assert (10_000_000 // huge.point, 10_000_000 // huge.grid, 10_000_000 // huge.judgement) == (2_000, 200, 50)
    assert Rhythm.of(1) == Rhythm(1, 1, 1)


def test_more_is_shown_at_the_beginning():
    rhythm = Rhythm.of(20_000)
    assert [step for step in range(301) if rhythm.shows(step)] == [0, 1, 2, 4, 8, 16, 32, 64, 100, 128, 200, 256, 300]
