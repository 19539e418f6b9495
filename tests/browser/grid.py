"""The grid of a month as a person meets it: cells, what they wear, keys."""


def cells(person):
    return person.page.locator(".count-grid input[inputmode]")


def state(person, number, name):
    """Wait until the cell wears the class of a state."""
    cell = cells(person).nth(number).get_attribute("id")
    person.page.wait_for_selector(f"td.{name} > #{cell}")


def typed(person, *keys):
    """Press the keys that have a name, type the rest."""
    for key in keys:
        press = person.page.keyboard.press if key[0].isupper() else person.page.keyboard.type
        press(key)


def write(person, number, text):
    """Type in a cell and leave it; wait until it is saved."""
    cells(person).nth(number).fill(text)
    cells(person).nth(number).blur()
    state(person, number, "saved")


def mark_rows(person, mark="zero"):
    """From the menu of each row: all its empty cells at once."""
    for row in person.page.locator(".count-grid tbody tr").all():
        row.locator(".row-menu summary").click()
        row.locator(f".row-menu button[value={mark}]").click()
        row.locator(".row-menu:not([open])").wait_for(state="attached")
