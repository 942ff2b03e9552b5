"""What a day of readings says: the good ones, the highest of them, both in one step."""

# joule: Write a module with three functions:
# - good_readings: Return a list of the numbers in readings between 0 and 50.
# - highest: Return the 3 largest of the numbers in readings.
# - summary: Apply good_readings, then highest to readings.


def test_good_readings() -> None:
    assert good_readings([12, -3, 50, 51, 0]) == [12, 50, 0]
    assert good_readings([]) == []


def test_highest() -> None:
    assert highest([4, 9, 1, 7]) == [9, 7, 4]
    assert highest([2]) == [2]


def test_summary() -> None:
    assert summary([60, 21, -1, 35, 8, 44]) == [44, 35, 21]
