"""Pictures of patches: every box that is seen is drawn where it lies."""

from xml.etree import ElementTree

from tools.patches import live_device, max_desk
from tools.patches.max_picture import picture

SVG = "{http://www.w3.org/2000/svg}"


def test_every_button_of_the_desk_is_drawn() -> None:
    patch = max_desk.build()
    drawn = ElementTree.fromstring(picture(patch))
    texts = {text.text for text in drawn.iter(f"{SVG}text")}

    assert (drawn.get("width"), drawn.get("height")) == tuple(map(str, patch.window[2:]))
    assert {entry["box"]["text"] for entry in patch.boxes if entry["box"]["maxclass"] == "textbutton"} <= texts


def test_the_devices_parameters_show_how_they_start() -> None:
    texts = [text.text for text in ElementTree.fromstring(picture(live_device.build())).iter(f"{SVG}text")]

    assert {"free ▾", "bar ▾", "all ▾", "Valence", "Arousal", "1", "0"} <= set(texts)
