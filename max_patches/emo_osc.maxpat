{
  "patcher": {
    "fileversion": 1,
    "appversion": {
      "major": 8,
      "minor": 6,
      "revision": 0,
      "architecture": "x64",
      "modernui": 1
    },
    "classnamespace": "box",
    "rect": [
      60.0,
      90.0,
      760.0,
      470.0
    ],
    "openinpresentation": 1,
    "default_fontsize": 12.0,
    "boxes": [
      {
        "box": {
          "id": "obj-1",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1420.0,
            12.0,
            520.0,
            20.0
          ],
          "text": "emo_osc: a feeling becomes a melody. Start the daemon first: emo-osc serve",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            12.0,
            520.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-2",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1420.0,
            48.0,
            100.0,
            20.0
          ],
          "text": "excited",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            48.0,
            100.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-3",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1420.0,
            354.0,
            100.0,
            20.0
          ],
          "text": "calm",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            354.0,
            100.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-4",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1550.0,
            354.0,
            150.0,
            20.0
          ],
          "text": "unpleasant <-> pleasant",
          "presentation": 1,
          "presentation_rect": [
            150.0,
            354.0,
            150.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-5",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1740.0,
            48.0,
            100.0,
            20.0
          ],
          "text": "moods",
          "presentation": 1,
          "presentation_rect": [
            340.0,
            48.0,
            100.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-6",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1740.0,
            246.0,
            70.0,
            20.0
          ],
          "text": "quantize",
          "presentation": 1,
          "presentation_rect": [
            340.0,
            246.0,
            70.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-7",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            30.0,
            94.0,
            22.0
          ],
          "text": "loadmess 1"
        }
      },
      {
        "box": {
          "id": "obj-8",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            60.0,
            101.0,
            22.0
          ],
          "text": "metro 20000"
        }
      },
      {
        "box": {
          "id": "obj-9",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            90.0,
            462.0,
            22.0
          ],
          "text": "/emo/reply_to 7771, /emo/start_listen/state, /emo/start_listen/bar"
        }
      },
      {
        "box": {
          "id": "obj-10",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            130.0,
            115.0,
            22.0
          ],
          "text": "r emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-11",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            160.0,
            178.0,
            22.0
          ],
          "text": "udpsend 127.0.0.1 7770"
        }
      },
      {
        "box": {
          "id": "obj-12",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            200.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-13",
          "maxclass": "pictslider",
          "numinlets": 2,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            240.0,
            120.0,
            120.0
          ],
          "leftvalue": -1000,
          "rightvalue": 1000,
          "bottomvalue": -1000,
          "topvalue": 1000,
          "presentation": 1,
          "presentation_rect": [
            20.0,
            70.0,
            280.0,
            280.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-14",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            180.0,
            240.0,
            73.0,
            22.0
          ],
          "text": "/ 1000."
        }
      },
      {
        "box": {
          "id": "obj-15",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            260.0,
            240.0,
            73.0,
            22.0
          ],
          "text": "/ 1000."
        }
      },
      {
        "box": {
          "id": "obj-16",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            180.0,
            275.0,
            87.0,
            22.0
          ],
          "text": "pak 0. 0."
        }
      },
      {
        "box": {
          "id": "obj-17",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            180.0,
            305.0,
            101.0,
            22.0
          ],
          "text": "speedlim 10"
        }
      },
      {
        "box": {
          "id": "obj-18",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            180.0,
            335.0,
            129.0,
            22.0
          ],
          "text": "prepend /emo/va"
        }
      },
      {
        "box": {
          "id": "obj-19",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            180.0,
            365.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-20",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            630.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-21",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            500.0,
            150.0,
            20.0
          ],
          "text": "intense",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            340.0,
            70.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-22",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            525.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood intense"
        }
      },
      {
        "box": {
          "id": "obj-23",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            195.0,
            500.0,
            150.0,
            20.0
          ],
          "text": "bright",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            440.0,
            70.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-24",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            195.0,
            525.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood bright"
        }
      },
      {
        "box": {
          "id": "obj-25",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            360.0,
            500.0,
            150.0,
            20.0
          ],
          "text": "lively",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            540.0,
            70.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-26",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            360.0,
            525.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood lively"
        }
      },
      {
        "box": {
          "id": "obj-27",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            525.0,
            500.0,
            150.0,
            20.0
          ],
          "text": "peaceful",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            640.0,
            70.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-28",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            525.0,
            525.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood peaceful"
        }
      },
      {
        "box": {
          "id": "obj-29",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            690.0,
            500.0,
            150.0,
            20.0
          ],
          "text": "refreshing",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            340.0,
            102.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-30",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            690.0,
            525.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood refreshing"
        }
      },
      {
        "box": {
          "id": "obj-31",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            855.0,
            500.0,
            150.0,
            20.0
          ],
          "text": "mysterious",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            440.0,
            102.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-32",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            855.0,
            525.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood mysterious"
        }
      },
      {
        "box": {
          "id": "obj-33",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            1020.0,
            500.0,
            150.0,
            20.0
          ],
          "text": "melancholy",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            540.0,
            102.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-34",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1020.0,
            525.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood melancholy"
        }
      },
      {
        "box": {
          "id": "obj-35",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            1185.0,
            500.0,
            150.0,
            20.0
          ],
          "text": "clear",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            640.0,
            102.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-36",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1185.0,
            525.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood clear"
        }
      },
      {
        "box": {
          "id": "obj-37",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            560.0,
            150.0,
            20.0
          ],
          "text": "gloomy",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            340.0,
            134.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-38",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            585.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood gloomy"
        }
      },
      {
        "box": {
          "id": "obj-39",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            195.0,
            560.0,
            150.0,
            20.0
          ],
          "text": "happiness",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            440.0,
            134.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-40",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            195.0,
            585.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood happiness"
        }
      },
      {
        "box": {
          "id": "obj-41",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            360.0,
            560.0,
            150.0,
            20.0
          ],
          "text": "surprise",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            540.0,
            134.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-42",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            360.0,
            585.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood surprise"
        }
      },
      {
        "box": {
          "id": "obj-43",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            525.0,
            560.0,
            150.0,
            20.0
          ],
          "text": "anger",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            640.0,
            134.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-44",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            525.0,
            585.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood anger"
        }
      },
      {
        "box": {
          "id": "obj-45",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            690.0,
            560.0,
            150.0,
            20.0
          ],
          "text": "disgust",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            340.0,
            166.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-46",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            690.0,
            585.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood disgust"
        }
      },
      {
        "box": {
          "id": "obj-47",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            855.0,
            560.0,
            150.0,
            20.0
          ],
          "text": "fear",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            440.0,
            166.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-48",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            855.0,
            585.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood fear"
        }
      },
      {
        "box": {
          "id": "obj-49",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            1020.0,
            560.0,
            150.0,
            20.0
          ],
          "text": "sadness",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            540.0,
            166.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-50",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1020.0,
            585.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood sadness"
        }
      },
      {
        "box": {
          "id": "obj-51",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            1185.0,
            560.0,
            150.0,
            20.0
          ],
          "text": "neutral",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            640.0,
            166.0,
            94.0,
            26.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-52",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1185.0,
            585.0,
            155.0,
            22.0
          ],
          "text": "/emo/mood neutral"
        }
      },
      {
        "box": {
          "id": "obj-53",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            810.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-54",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            680.0,
            150.0,
            20.0
          ],
          "text": "play",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            340.0,
            204.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-55",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            705.0,
            155.0,
            22.0
          ],
          "text": "/emo/play"
        }
      },
      {
        "box": {
          "id": "obj-56",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            195.0,
            680.0,
            150.0,
            20.0
          ],
          "text": "stop",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            408.0,
            204.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-57",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            195.0,
            705.0,
            155.0,
            22.0
          ],
          "text": "/emo/stop"
        }
      },
      {
        "box": {
          "id": "obj-58",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            360.0,
            680.0,
            150.0,
            20.0
          ],
          "text": "next",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            476.0,
            204.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-59",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            360.0,
            705.0,
            155.0,
            22.0
          ],
          "text": "/emo/next"
        }
      },
      {
        "box": {
          "id": "obj-60",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            525.0,
            680.0,
            150.0,
            20.0
          ],
          "text": "again",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            544.0,
            204.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-61",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            525.0,
            705.0,
            155.0,
            22.0
          ],
          "text": "/emo/again"
        }
      },
      {
        "box": {
          "id": "obj-62",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            690.0,
            680.0,
            150.0,
            20.0
          ],
          "text": "tap",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            612.0,
            204.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-63",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            690.0,
            705.0,
            155.0,
            22.0
          ],
          "text": "/emo/tap"
        }
      },
      {
        "box": {
          "id": "obj-64",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            855.0,
            680.0,
            150.0,
            20.0
          ],
          "text": "panic",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            680.0,
            204.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-65",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            855.0,
            705.0,
            155.0,
            22.0
          ],
          "text": "/emo/panic"
        }
      },
      {
        "box": {
          "id": "obj-66",
          "maxclass": "umenu",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            340.0,
            270.0,
            100.0,
            22.0
          ],
          "items": [
            "now",
            ",",
            "1/16",
            ",",
            "beat",
            ",",
            "bar",
            ",",
            "2bars",
            ",",
            "4bars",
            ",",
            "8bars",
            ",",
            "16bars"
          ],
          "presentation": 1,
          "presentation_rect": [
            410.0,
            246.0,
            90.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-67",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            340.0,
            335.0,
            171.0,
            22.0
          ],
          "text": "prepend /emo/quantize"
        }
      },
      {
        "box": {
          "id": "obj-68",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            340.0,
            365.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-69",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            340.0,
            205.0,
            150.0,
            22.0
          ],
          "text": "r emo_osc_quantize"
        }
      },
      {
        "box": {
          "id": "obj-70",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            340.0,
            235.0,
            143.0,
            22.0
          ],
          "text": "prepend setsymbol"
        }
      },
      {
        "box": {
          "id": "obj-71",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1740.0,
            282.0,
            90.0,
            20.0
          ],
          "text": "tempo",
          "presentation": 1,
          "presentation_rect": [
            340.0,
            282.0,
            90.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-72",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            560.0,
            270.0,
            60.0,
            22.0
          ],
          "minimum": 20.0,
          "maximum": 300.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            340.0,
            304.0,
            90.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-73",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            560.0,
            335.0,
            178.0,
            22.0
          ],
          "text": "prepend /emo/set/tempo"
        }
      },
      {
        "box": {
          "id": "obj-74",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            560.0,
            365.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-75",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            560.0,
            205.0,
            129.0,
            22.0
          ],
          "text": "r emo_osc_tempo"
        }
      },
      {
        "box": {
          "id": "obj-76",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            560.0,
            235.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-77",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1840.0,
            282.0,
            90.0,
            20.0
          ],
          "text": "intensity",
          "presentation": 1,
          "presentation_rect": [
            440.0,
            282.0,
            90.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-78",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            780.0,
            270.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            440.0,
            304.0,
            90.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-79",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            780.0,
            335.0,
            206.0,
            22.0
          ],
          "text": "prepend /emo/set/intensity"
        }
      },
      {
        "box": {
          "id": "obj-80",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            780.0,
            365.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-81",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            780.0,
            205.0,
            157.0,
            22.0
          ],
          "text": "r emo_osc_intensity"
        }
      },
      {
        "box": {
          "id": "obj-82",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            780.0,
            235.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-83",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1940.0,
            282.0,
            90.0,
            20.0
          ],
          "text": "density",
          "presentation": 1,
          "presentation_rect": [
            540.0,
            282.0,
            90.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-84",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1000.0,
            270.0,
            60.0,
            22.0
          ],
          "minimum": -1.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            540.0,
            304.0,
            90.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-85",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1000.0,
            335.0,
            192.0,
            22.0
          ],
          "text": "prepend /emo/set/density"
        }
      },
      {
        "box": {
          "id": "obj-86",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1000.0,
            365.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-87",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1000.0,
            205.0,
            143.0,
            22.0
          ],
          "text": "r emo_osc_density"
        }
      },
      {
        "box": {
          "id": "obj-88",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1000.0,
            235.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-89",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            2040.0,
            282.0,
            90.0,
            20.0
          ],
          "text": "swing",
          "presentation": 1,
          "presentation_rect": [
            640.0,
            282.0,
            90.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-90",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1220.0,
            270.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            640.0,
            304.0,
            90.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-91",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1220.0,
            335.0,
            178.0,
            22.0
          ],
          "text": "prepend /emo/set/swing"
        }
      },
      {
        "box": {
          "id": "obj-92",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1220.0,
            365.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-93",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1220.0,
            205.0,
            129.0,
            22.0
          ],
          "text": "r emo_osc_swing"
        }
      },
      {
        "box": {
          "id": "obj-94",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1220.0,
            235.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-95",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            850.0,
            129.0,
            22.0
          ],
          "text": "udpreceive 7771"
        }
      },
      {
        "box": {
          "id": "obj-96",
          "maxclass": "newobj",
          "numinlets": 12,
          "numoutlets": 12,
          "outlettype": [
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            885.0,
            1298.0,
            22.0
          ],
          "text": "route /emo/error /emo/ack /emo/bar /emo/state/mood /emo/state/studio /emo/state/midi_out /emo/state/quantize /emo/state/tempo /emo/state/intensity /emo/state/density /emo/state/swing"
        }
      },
      {
        "box": {
          "id": "obj-97",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1420.0,
            386.0,
            60.0,
            20.0
          ],
          "text": "error",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            386.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-98",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            990.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            84.0,
            386.0,
            280.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-99",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            955.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-100",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1420.0,
            412.0,
            60.0,
            20.0
          ],
          "text": "ack",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            412.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-101",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            380.0,
            990.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            84.0,
            412.0,
            280.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-102",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            380.0,
            955.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-103",
          "maxclass": "newobj",
          "numinlets": 4,
          "numoutlets": 4,
          "outlettype": [
            "",
            "",
            "",
            ""
          ],
          "patching_rect": [
            380.0,
            920.0,
            479.0,
            22.0
          ],
          "text": "route /emo/reply_to /emo/start_listen/state /emo/start_listen/bar"
        }
      },
      {
        "box": {
          "id": "obj-104",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1420.0,
            438.0,
            60.0,
            20.0
          ],
          "text": "bar",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            438.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-105",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            730.0,
            990.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            84.0,
            438.0,
            280.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-106",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            730.0,
            955.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-107",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1780.0,
            386.0,
            60.0,
            20.0
          ],
          "text": "mood",
          "presentation": 1,
          "presentation_rect": [
            380.0,
            386.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-108",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1080.0,
            990.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            444.0,
            386.0,
            280.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-109",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1080.0,
            955.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-110",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1780.0,
            412.0,
            60.0,
            20.0
          ],
          "text": "studio",
          "presentation": 1,
          "presentation_rect": [
            380.0,
            412.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-111",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1430.0,
            990.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            444.0,
            412.0,
            280.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-112",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1430.0,
            955.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-113",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1780.0,
            438.0,
            60.0,
            20.0
          ],
          "text": "midi_out",
          "presentation": 1,
          "presentation_rect": [
            380.0,
            438.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-114",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1780.0,
            990.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            444.0,
            438.0,
            280.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-115",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1780.0,
            955.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-116",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            1050.0,
            150.0,
            22.0
          ],
          "text": "s emo_osc_quantize"
        }
      },
      {
        "box": {
          "id": "obj-117",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            210.0,
            1050.0,
            129.0,
            22.0
          ],
          "text": "s emo_osc_tempo"
        }
      },
      {
        "box": {
          "id": "obj-118",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            390.0,
            1050.0,
            157.0,
            22.0
          ],
          "text": "s emo_osc_intensity"
        }
      },
      {
        "box": {
          "id": "obj-119",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            570.0,
            1050.0,
            143.0,
            22.0
          ],
          "text": "s emo_osc_density"
        }
      },
      {
        "box": {
          "id": "obj-120",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            750.0,
            1050.0,
            129.0,
            22.0
          ],
          "text": "s emo_osc_swing"
        }
      }
    ],
    "lines": [
      {
        "patchline": {
          "source": [
            "obj-7",
            0
          ],
          "destination": [
            "obj-8",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-8",
            0
          ],
          "destination": [
            "obj-9",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-9",
            0
          ],
          "destination": [
            "obj-12",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-10",
            0
          ],
          "destination": [
            "obj-11",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-13",
            0
          ],
          "destination": [
            "obj-14",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-13",
            1
          ],
          "destination": [
            "obj-15",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-14",
            0
          ],
          "destination": [
            "obj-16",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-15",
            0
          ],
          "destination": [
            "obj-16",
            1
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-16",
            0
          ],
          "destination": [
            "obj-17",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-17",
            0
          ],
          "destination": [
            "obj-18",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-18",
            0
          ],
          "destination": [
            "obj-19",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-21",
            0
          ],
          "destination": [
            "obj-22",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-22",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-23",
            0
          ],
          "destination": [
            "obj-24",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-24",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-25",
            0
          ],
          "destination": [
            "obj-26",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-26",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-27",
            0
          ],
          "destination": [
            "obj-28",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-28",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-29",
            0
          ],
          "destination": [
            "obj-30",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-30",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-31",
            0
          ],
          "destination": [
            "obj-32",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-32",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-33",
            0
          ],
          "destination": [
            "obj-34",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-34",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-35",
            0
          ],
          "destination": [
            "obj-36",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-36",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-37",
            0
          ],
          "destination": [
            "obj-38",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-38",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-39",
            0
          ],
          "destination": [
            "obj-40",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-40",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-41",
            0
          ],
          "destination": [
            "obj-42",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-42",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-43",
            0
          ],
          "destination": [
            "obj-44",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-44",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-45",
            0
          ],
          "destination": [
            "obj-46",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-46",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-47",
            0
          ],
          "destination": [
            "obj-48",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-48",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-49",
            0
          ],
          "destination": [
            "obj-50",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-50",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-51",
            0
          ],
          "destination": [
            "obj-52",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-52",
            0
          ],
          "destination": [
            "obj-20",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-54",
            0
          ],
          "destination": [
            "obj-55",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-55",
            0
          ],
          "destination": [
            "obj-53",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-56",
            0
          ],
          "destination": [
            "obj-57",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-57",
            0
          ],
          "destination": [
            "obj-53",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-58",
            0
          ],
          "destination": [
            "obj-59",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-59",
            0
          ],
          "destination": [
            "obj-53",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-60",
            0
          ],
          "destination": [
            "obj-61",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-61",
            0
          ],
          "destination": [
            "obj-53",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-62",
            0
          ],
          "destination": [
            "obj-63",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-63",
            0
          ],
          "destination": [
            "obj-53",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-64",
            0
          ],
          "destination": [
            "obj-65",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-65",
            0
          ],
          "destination": [
            "obj-53",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-66",
            1
          ],
          "destination": [
            "obj-67",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-67",
            0
          ],
          "destination": [
            "obj-68",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-69",
            0
          ],
          "destination": [
            "obj-70",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-70",
            0
          ],
          "destination": [
            "obj-66",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-72",
            0
          ],
          "destination": [
            "obj-73",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-73",
            0
          ],
          "destination": [
            "obj-74",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-75",
            0
          ],
          "destination": [
            "obj-76",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-76",
            0
          ],
          "destination": [
            "obj-72",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-78",
            0
          ],
          "destination": [
            "obj-79",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-79",
            0
          ],
          "destination": [
            "obj-80",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-81",
            0
          ],
          "destination": [
            "obj-82",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-82",
            0
          ],
          "destination": [
            "obj-78",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-84",
            0
          ],
          "destination": [
            "obj-85",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-85",
            0
          ],
          "destination": [
            "obj-86",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-87",
            0
          ],
          "destination": [
            "obj-88",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-88",
            0
          ],
          "destination": [
            "obj-84",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-90",
            0
          ],
          "destination": [
            "obj-91",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-91",
            0
          ],
          "destination": [
            "obj-92",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-93",
            0
          ],
          "destination": [
            "obj-94",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-94",
            0
          ],
          "destination": [
            "obj-90",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-95",
            0
          ],
          "destination": [
            "obj-96",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-99",
            0
          ],
          "destination": [
            "obj-98",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            0
          ],
          "destination": [
            "obj-99",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-102",
            0
          ],
          "destination": [
            "obj-101",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            1
          ],
          "destination": [
            "obj-103",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-103",
            3
          ],
          "destination": [
            "obj-102",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-106",
            0
          ],
          "destination": [
            "obj-105",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            2
          ],
          "destination": [
            "obj-106",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-109",
            0
          ],
          "destination": [
            "obj-108",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            3
          ],
          "destination": [
            "obj-109",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-112",
            0
          ],
          "destination": [
            "obj-111",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            4
          ],
          "destination": [
            "obj-112",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-115",
            0
          ],
          "destination": [
            "obj-114",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            5
          ],
          "destination": [
            "obj-115",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            6
          ],
          "destination": [
            "obj-116",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            7
          ],
          "destination": [
            "obj-117",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            8
          ],
          "destination": [
            "obj-118",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            9
          ],
          "destination": [
            "obj-119",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-96",
            10
          ],
          "destination": [
            "obj-120",
            0
          ]
        }
      }
    ]
  }
}
