"""The numbers of MIDI 1.0, under the names of the standard. Knows no port and no file.

The upper half of a channel message's first byte is its kind, the lower half its channel, counted from 0:
`message[0] & KIND_BITS == NOTE_ON`, `bytes((NOTE_ON | channel - 1, pitch, velocity))`. Both are written out where they
are needed: a function call a note would be the dearest part of them.
"""

CHANNELS = 16
KIND_BITS, CHANNEL_BITS, DATA_BITS = 0xF0, 0x0F, 0x7F

FIRST_STATUS = 0x80  # bytes from here on begin a message, those below are its data
NOTE_OFF, NOTE_ON, KEY_PRESSURE, CONTROL_CHANGE = 0x80, 0x90, 0xA0, 0xB0
PROGRAM_CHANGE, CHANNEL_PRESSURE, PITCH_BEND = 0xC0, 0xD0, 0xE0

FIRST_SYSTEM = 0xF0  # messages from here on are about no channel: clock, transport, system exclusive
SYSTEM_EXCLUSIVE, TIME_CODE, SONG_POSITION, SONG_SELECT, END_OF_EXCLUSIVE = 0xF0, 0xF1, 0xF2, 0xF3, 0xF7
FIRST_REAL_TIME = 0xF8  # messages from here on are one byte, which may stand inside another message
CLOCK, START, CONTINUE, STOP = 0xF8, 0xFA, 0xFB, 0xFC
META = 0xFF  # in a Standard MIDI File; on a cable it is System Reset

BANK_SELECT, MODULATION, DATA_ENTRY, VOLUME, EXPRESSION = 0, 1, 6, 7, 11
FINE = 32  # controllers 0..31 have their lower 7 bits this much further
SUSTAIN, RELEASE_TIME, ATTACK_TIME, BRIGHTNESS = 64, 72, 73, 74
INCREMENT, DECREMENT, NRPN_FINE, NRPN_COARSE, RPN_FINE, RPN_COARSE = 96, 97, 98, 99, 100, 101
FIRST_CHANNEL_MODE = 120  # controllers from here on switch things off
ALL_SOUND_OFF, RESET_ALL_CONTROLLERS, ALL_NOTES_OFF = 120, 121, 123

SWITCHED_ON = 64  # a controller that is a switch is on from this value
RELEASE_VELOCITY = 64  # of a note-off that measures none

DATA_BYTES = {
    **dict.fromkeys((NOTE_OFF, NOTE_ON, KEY_PRESSURE, CONTROL_CHANGE, PITCH_BEND, SONG_POSITION), 2),
    **dict.fromkeys((PROGRAM_CHANGE, CHANNEL_PRESSURE, TIME_CODE, SONG_SELECT), 1),
}
"""How many bytes follow the first, by the kind of a channel message, by the whole byte of a system message. None
follow the other system messages, save system exclusive, which has no fixed length."""


def length_of(status: int) -> int:
    """The bytes of a message with this first byte; 1 for system exclusive, whose length its end says.

    >>> [length_of(status) for status in (0x93, 0xC0, 0xF2, 0xF8)]
    [3, 2, 3, 1]
    """
    return 1 + DATA_BYTES.get(status if status >= FIRST_SYSTEM else status & KIND_BITS, 0)


def all_off() -> list[bytes]:
    """Silence, whatever sounds: All Notes Off, then All Sound Off, on each of the 16 channels.

    On each channel, since a receiver takes mode messages on its own channel only. All Notes Off comes first: it lets
    the keys go, as players do, and old synthesisers know no other. A receiver ignores it in Omni mode, and a pedal
    that is down outlasts it; All Sound Off then cuts what is left, tails too, and leaves no key held behind it.

    Neither replaces note-offs: who knows what sounds sends those before. No pedal is lifted: we press none, and All
    Sound Off heeds none.

    >>> [message.hex(" ") for message in all_off()[:3]]
    ['b0 7b 00', 'b0 78 00', 'b1 7b 00']
    """
    return [
        bytes((CONTROL_CHANGE | channel, controller, 0))
        for channel in range(CHANNELS)
        for controller in (ALL_NOTES_OFF, ALL_SOUND_OFF)
    ]
