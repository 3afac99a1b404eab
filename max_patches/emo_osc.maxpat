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
      700.0
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
            30.0,
            30.0,
            542.0,
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
            598.0,
            30.0,
            73.0,
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
            697.0,
            30.0,
            52.0,
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
            775.0,
            30.0,
            185.0,
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
            986.0,
            30.0,
            59.0,
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
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1071.0,
            30.0,
            94.0,
            22.0
          ],
          "text": "loadmess 1"
        }
      },
      {
        "box": {
          "id": "obj-7",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1071.0,
            60.0,
            101.0,
            22.0
          ],
          "text": "metro 20000"
        }
      },
      {
        "box": {
          "id": "obj-8",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1071.0,
            90.0,
            486.0,
            22.0
          ],
          "text": "/emo/reply_to 7771, /emo/start_listen/state, /emo/start_listen/bar"
        }
      },
      {
        "box": {
          "id": "obj-9",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1071.0,
            120.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
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
            1071.0,
            160.0,
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
            1071.0,
            190.0,
            178.0,
            22.0
          ],
          "text": "udpsend 127.0.0.1 7770"
        }
      },
      {
        "box": {
          "id": "obj-12",
          "maxclass": "pictslider",
          "numinlets": 2,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            336.0,
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
          "id": "obj-13",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            180.0,
            336.0,
            73.0,
            22.0
          ],
          "text": "/ 1000."
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
            280.0,
            336.0,
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
            180.0,
            371.0,
            87.0,
            22.0
          ],
          "text": "pak 0. 0."
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
            401.0,
            101.0,
            22.0
          ],
          "text": "speedlim 10"
        }
      },
      {
        "box": {
          "id": "obj-17",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            180.0,
            431.0,
            129.0,
            22.0
          ],
          "text": "prepend /emo/va"
        }
      },
      {
        "box": {
          "id": "obj-18",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            180.0,
            461.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-19",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            246.0,
            108.0,
            22.0
          ],
          "text": "r emo_osc_va"
        }
      },
      {
        "box": {
          "id": "obj-20",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            276.0,
            136.0,
            22.0
          ],
          "text": "vexpr $f1 * 1000"
        }
      },
      {
        "box": {
          "id": "obj-21",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            306.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-22",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            476.0,
            246.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
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
            617.0,
            246.0,
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
          "id": "obj-24",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            617.0,
            274.0,
            143.0,
            22.0
          ],
          "text": "/emo/mood intense"
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
            793.0,
            246.0,
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
          "id": "obj-26",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            793.0,
            274.0,
            136.0,
            22.0
          ],
          "text": "/emo/mood bright"
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
            969.0,
            246.0,
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
          "id": "obj-28",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            969.0,
            274.0,
            136.0,
            22.0
          ],
          "text": "/emo/mood lively"
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
            1145.0,
            246.0,
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
          "id": "obj-30",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1145.0,
            274.0,
            150.0,
            22.0
          ],
          "text": "/emo/mood peaceful"
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
            1321.0,
            246.0,
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
          "id": "obj-32",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1321.0,
            274.0,
            164.0,
            22.0
          ],
          "text": "/emo/mood refreshing"
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
            1511.0,
            246.0,
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
          "id": "obj-34",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1511.0,
            274.0,
            164.0,
            22.0
          ],
          "text": "/emo/mood mysterious"
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
            1701.0,
            246.0,
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
          "id": "obj-36",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1701.0,
            274.0,
            164.0,
            22.0
          ],
          "text": "/emo/mood melancholy"
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
            562.0,
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
          "id": "obj-38",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            590.0,
            129.0,
            22.0
          ],
          "text": "/emo/mood clear"
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
            206.0,
            562.0,
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
          "id": "obj-40",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            206.0,
            590.0,
            136.0,
            22.0
          ],
          "text": "/emo/mood gloomy"
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
            382.0,
            562.0,
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
          "id": "obj-42",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            382.0,
            590.0,
            157.0,
            22.0
          ],
          "text": "/emo/mood happiness"
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
            565.0,
            562.0,
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
          "id": "obj-44",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            565.0,
            590.0,
            150.0,
            22.0
          ],
          "text": "/emo/mood surprise"
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
            741.0,
            562.0,
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
          "id": "obj-46",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            741.0,
            590.0,
            129.0,
            22.0
          ],
          "text": "/emo/mood anger"
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
            917.0,
            562.0,
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
          "id": "obj-48",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            917.0,
            590.0,
            143.0,
            22.0
          ],
          "text": "/emo/mood disgust"
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
            1093.0,
            562.0,
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
          "id": "obj-50",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1093.0,
            590.0,
            122.0,
            22.0
          ],
          "text": "/emo/mood fear"
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
            1269.0,
            562.0,
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
          "id": "obj-52",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1269.0,
            590.0,
            143.0,
            22.0
          ],
          "text": "/emo/mood sadness"
        }
      },
      {
        "box": {
          "id": "obj-53",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            1445.0,
            562.0,
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
          "id": "obj-54",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1445.0,
            590.0,
            143.0,
            22.0
          ],
          "text": "/emo/mood neutral"
        }
      },
      {
        "box": {
          "id": "obj-55",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1621.0,
            562.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
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
            30.0,
            638.0,
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
          "id": "obj-57",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            666.0,
            87.0,
            22.0
          ],
          "text": "/emo/play"
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
            206.0,
            638.0,
            150.0,
            20.0
          ],
          "text": "continue",
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
          "id": "obj-59",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            206.0,
            666.0,
            115.0,
            22.0
          ],
          "text": "/emo/continue"
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
            382.0,
            638.0,
            150.0,
            20.0
          ],
          "text": "stop",
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
          "id": "obj-61",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            382.0,
            666.0,
            87.0,
            22.0
          ],
          "text": "/emo/stop"
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
            558.0,
            638.0,
            150.0,
            20.0
          ],
          "text": "next",
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
          "id": "obj-63",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            558.0,
            666.0,
            87.0,
            22.0
          ],
          "text": "/emo/next"
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
            734.0,
            638.0,
            150.0,
            20.0
          ],
          "text": "again",
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
          "id": "obj-65",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            734.0,
            666.0,
            94.0,
            22.0
          ],
          "text": "/emo/again"
        }
      },
      {
        "box": {
          "id": "obj-66",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            910.0,
            638.0,
            150.0,
            20.0
          ],
          "text": "mutate",
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
          "id": "obj-67",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            910.0,
            666.0,
            101.0,
            22.0
          ],
          "text": "/emo/mutate"
        }
      },
      {
        "box": {
          "id": "obj-68",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            1086.0,
            638.0,
            150.0,
            20.0
          ],
          "text": "keep",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            340.0,
            240.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-69",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1086.0,
            666.0,
            87.0,
            22.0
          ],
          "text": "/emo/keep"
        }
      },
      {
        "box": {
          "id": "obj-70",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            1262.0,
            638.0,
            150.0,
            20.0
          ],
          "text": "learn",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            408.0,
            240.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-71",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1262.0,
            666.0,
            94.0,
            22.0
          ],
          "text": "/emo/learn"
        }
      },
      {
        "box": {
          "id": "obj-72",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            1438.0,
            638.0,
            150.0,
            20.0
          ],
          "text": "forget",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            476.0,
            240.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-73",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1438.0,
            666.0,
            101.0,
            22.0
          ],
          "text": "/emo/forget"
        }
      },
      {
        "box": {
          "id": "obj-74",
          "maxclass": "textbutton",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            1614.0,
            638.0,
            150.0,
            20.0
          ],
          "text": "tap",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            544.0,
            240.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-75",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1614.0,
            666.0,
            80.0,
            22.0
          ],
          "text": "/emo/tap"
        }
      },
      {
        "box": {
          "id": "obj-76",
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
            714.0,
            150.0,
            20.0
          ],
          "text": "panic",
          "mode": 0,
          "outputmode": 0,
          "presentation": 1,
          "presentation_rect": [
            612.0,
            240.0,
            62.0,
            30.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-77",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            742.0,
            94.0,
            22.0
          ],
          "text": "/emo/panic"
        }
      },
      {
        "box": {
          "id": "obj-78",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            403.0,
            714.0,
            80.0,
            20.0
          ],
          "text": "quantize",
          "presentation": 1,
          "presentation_rect": [
            340.0,
            278.0,
            124.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-79",
          "maxclass": "umenu",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            206.0,
            774.0,
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
            340.0,
            300.0,
            124.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-80",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            206.0,
            814.0,
            171.0,
            22.0
          ],
          "text": "prepend /emo/quantize"
        }
      },
      {
        "box": {
          "id": "obj-81",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            206.0,
            844.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-82",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            206.0,
            714.0,
            150.0,
            22.0
          ],
          "text": "r emo_osc_quantize"
        }
      },
      {
        "box": {
          "id": "obj-83",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            206.0,
            744.0,
            143.0,
            22.0
          ],
          "text": "prepend setsymbol"
        }
      },
      {
        "box": {
          "id": "obj-84",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            695.0,
            714.0,
            45.0,
            20.0
          ],
          "text": "key",
          "presentation": 1,
          "presentation_rect": [
            476.0,
            278.0,
            124.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-85",
          "maxclass": "umenu",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            509.0,
            774.0,
            100.0,
            22.0
          ],
          "items": [
            "auto",
            ",",
            "C",
            ",",
            "C#",
            ",",
            "D",
            ",",
            "D#",
            ",",
            "E",
            ",",
            "F",
            ",",
            "F#",
            ",",
            "G",
            ",",
            "G#",
            ",",
            "A",
            ",",
            "A#",
            ",",
            "B",
            ",",
            "Db",
            ",",
            "Eb",
            ",",
            "Gb",
            ",",
            "Ab",
            ",",
            "Bb",
            ",",
            "Cb",
            ",",
            "Fb",
            ",",
            "E#",
            ",",
            "B#"
          ],
          "presentation": 1,
          "presentation_rect": [
            476.0,
            300.0,
            124.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-86",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            509.0,
            814.0,
            136.0,
            22.0
          ],
          "text": "prepend /emo/key"
        }
      },
      {
        "box": {
          "id": "obj-87",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            509.0,
            844.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-88",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            509.0,
            714.0,
            115.0,
            22.0
          ],
          "text": "r emo_osc_key"
        }
      },
      {
        "box": {
          "id": "obj-89",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            509.0,
            744.0,
            143.0,
            22.0
          ],
          "text": "prepend setsymbol"
        }
      },
      {
        "box": {
          "id": "obj-90",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            952.0,
            714.0,
            59.0,
            20.0
          ],
          "text": "scale",
          "presentation": 1,
          "presentation_rect": [
            612.0,
            278.0,
            124.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-91",
          "maxclass": "umenu",
          "numinlets": 1,
          "numoutlets": 3,
          "outlettype": [
            "",
            "",
            ""
          ],
          "patching_rect": [
            766.0,
            774.0,
            100.0,
            22.0
          ],
          "items": [
            "auto",
            ",",
            "major",
            ",",
            "minor",
            ",",
            "dorian",
            ",",
            "phrygian",
            ",",
            "lydian",
            ",",
            "mixolydian",
            ",",
            "locrian",
            ",",
            "harmonic_minor",
            ",",
            "melodic_minor",
            ",",
            "pentatonic",
            ",",
            "minor_pentatonic",
            ",",
            "blues",
            ",",
            "whole_tone",
            ",",
            "chromatic",
            ",",
            "half_whole_diminished",
            ",",
            "whole_half_diminished",
            ",",
            "harmonic_major",
            ",",
            "dorian_sharp_4",
            ",",
            "phrygian_dominant",
            ",",
            "lydian_augmented",
            ",",
            "lydian_dominant",
            ",",
            "super_locrian",
            ",",
            "spanish_8_tone",
            ",",
            "bhairav",
            ",",
            "hungarian_minor",
            ",",
            "hirajoshi",
            ",",
            "in_sen",
            ",",
            "iwato",
            ",",
            "kumoi",
            ",",
            "pelog_selisir",
            ",",
            "pelog_tembung",
            ",",
            "messiaen_3",
            ",",
            "messiaen_4",
            ",",
            "messiaen_5",
            ",",
            "messiaen_6",
            ",",
            "messiaen_7"
          ],
          "presentation": 1,
          "presentation_rect": [
            612.0,
            300.0,
            124.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-92",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            766.0,
            814.0,
            150.0,
            22.0
          ],
          "text": "prepend /emo/scale"
        }
      },
      {
        "box": {
          "id": "obj-93",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            766.0,
            844.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-94",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            766.0,
            714.0,
            129.0,
            22.0
          ],
          "text": "r emo_osc_scale"
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
            766.0,
            744.0,
            143.0,
            22.0
          ],
          "text": "prepend setsymbol"
        }
      },
      {
        "box": {
          "id": "obj-96",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1263.0,
            714.0,
            108.0,
            20.0
          ],
          "text": "keep: a name",
          "presentation": 1,
          "presentation_rect": [
            340.0,
            328.0,
            124.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-97",
          "maxclass": "textedit",
          "numinlets": 1,
          "numoutlets": 4,
          "outlettype": [
            "",
            "",
            "",
            ""
          ],
          "patching_rect": [
            1037.0,
            714.0,
            150.0,
            22.0
          ],
          "keymode": 1,
          "lines": 1,
          "presentation": 1,
          "presentation_rect": [
            340.0,
            350.0,
            124.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-98",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1037.0,
            744.0,
            94.0,
            22.0
          ],
          "text": "route text"
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
            1037.0,
            774.0,
            80.0,
            22.0
          ],
          "text": "tosymbol"
        }
      },
      {
        "box": {
          "id": "obj-100",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1037.0,
            804.0,
            143.0,
            22.0
          ],
          "text": "prepend /emo/keep"
        }
      },
      {
        "box": {
          "id": "obj-101",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1037.0,
            844.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-102",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1623.0,
            714.0,
            122.0,
            20.0
          ],
          "text": "recall: a name",
          "presentation": 1,
          "presentation_rect": [
            476.0,
            328.0,
            124.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-103",
          "maxclass": "textedit",
          "numinlets": 1,
          "numoutlets": 4,
          "outlettype": [
            "",
            "",
            "",
            ""
          ],
          "patching_rect": [
            1397.0,
            714.0,
            150.0,
            22.0
          ],
          "keymode": 1,
          "lines": 1,
          "presentation": 1,
          "presentation_rect": [
            476.0,
            350.0,
            124.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-104",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1397.0,
            744.0,
            94.0,
            22.0
          ],
          "text": "route text"
        }
      },
      {
        "box": {
          "id": "obj-105",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1397.0,
            774.0,
            80.0,
            22.0
          ],
          "text": "tosymbol"
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
            1397.0,
            804.0,
            157.0,
            22.0
          ],
          "text": "prepend /emo/recall"
        }
      },
      {
        "box": {
          "id": "obj-107",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1397.0,
            844.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-108",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            256.0,
            920.0,
            122.0,
            20.0
          ],
          "text": "preset: a name",
          "presentation": 1,
          "presentation_rect": [
            612.0,
            328.0,
            124.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-109",
          "maxclass": "textedit",
          "numinlets": 1,
          "numoutlets": 4,
          "outlettype": [
            "",
            "",
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            920.0,
            150.0,
            22.0
          ],
          "keymode": 1,
          "lines": 1,
          "presentation": 1,
          "presentation_rect": [
            612.0,
            350.0,
            124.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-110",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            950.0,
            94.0,
            22.0
          ],
          "text": "route text"
        }
      },
      {
        "box": {
          "id": "obj-111",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            980.0,
            80.0,
            22.0
          ],
          "text": "tosymbol"
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
            30.0,
            1010.0,
            157.0,
            22.0
          ],
          "text": "prepend /emo/preset"
        }
      },
      {
        "box": {
          "id": "obj-113",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            1050.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-114",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            630.0,
            920.0,
            150.0,
            20.0
          ],
          "text": "midi/learn: a name",
          "presentation": 1,
          "presentation_rect": [
            340.0,
            640.0,
            124.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-115",
          "maxclass": "textedit",
          "numinlets": 1,
          "numoutlets": 4,
          "outlettype": [
            "",
            "",
            "",
            ""
          ],
          "patching_rect": [
            404.0,
            920.0,
            150.0,
            22.0
          ],
          "keymode": 1,
          "lines": 1,
          "presentation": 1,
          "presentation_rect": [
            340.0,
            662.0,
            124.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-116",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            404.0,
            950.0,
            94.0,
            22.0
          ],
          "text": "route text"
        }
      },
      {
        "box": {
          "id": "obj-117",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            404.0,
            980.0,
            80.0,
            22.0
          ],
          "text": "tosymbol"
        }
      },
      {
        "box": {
          "id": "obj-118",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            404.0,
            1010.0,
            185.0,
            22.0
          ],
          "text": "prepend /emo/midi/learn"
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
            404.0,
            1050.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-120",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1032.0,
            920.0,
            157.0,
            20.0
          ],
          "text": "midi/forget: a name",
          "presentation": 1,
          "presentation_rect": [
            476.0,
            640.0,
            124.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-121",
          "maxclass": "textedit",
          "numinlets": 1,
          "numoutlets": 4,
          "outlettype": [
            "",
            "",
            "",
            ""
          ],
          "patching_rect": [
            806.0,
            920.0,
            150.0,
            22.0
          ],
          "keymode": 1,
          "lines": 1,
          "presentation": 1,
          "presentation_rect": [
            476.0,
            662.0,
            124.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-122",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            806.0,
            950.0,
            94.0,
            22.0
          ],
          "text": "route text"
        }
      },
      {
        "box": {
          "id": "obj-123",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            806.0,
            980.0,
            80.0,
            22.0
          ],
          "text": "tosymbol"
        }
      },
      {
        "box": {
          "id": "obj-124",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            806.0,
            1010.0,
            192.0,
            22.0
          ],
          "text": "prepend /emo/midi/forget"
        }
      },
      {
        "box": {
          "id": "obj-125",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            806.0,
            1050.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-126",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1447.0,
            920.0,
            87.0,
            20.0
          ],
          "text": "intensity",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            384.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-127",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1215.0,
            980.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            20.0,
            406.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-128",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1215.0,
            1020.0,
            206.0,
            22.0
          ],
          "text": "prepend /emo/set/intensity"
        }
      },
      {
        "box": {
          "id": "obj-129",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1215.0,
            1050.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-130",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1215.0,
            920.0,
            157.0,
            22.0
          ],
          "text": "r emo_osc_intensity"
        }
      },
      {
        "box": {
          "id": "obj-131",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1215.0,
            950.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-132",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1764.0,
            920.0,
            59.0,
            20.0
          ],
          "text": "tempo",
          "presentation": 1,
          "presentation_rect": [
            111.0,
            384.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-133",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1560.0,
            980.0,
            60.0,
            22.0
          ],
          "minimum": 20.0,
          "maximum": 300.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            111.0,
            406.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-134",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1560.0,
            1020.0,
            178.0,
            22.0
          ],
          "text": "prepend /emo/set/tempo"
        }
      },
      {
        "box": {
          "id": "obj-135",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1560.0,
            1050.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-136",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1560.0,
            920.0,
            129.0,
            22.0
          ],
          "text": "r emo_osc_tempo"
        }
      },
      {
        "box": {
          "id": "obj-137",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1560.0,
            950.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-138",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            262.0,
            1126.0,
            87.0,
            20.0
          ],
          "text": "transpose",
          "presentation": 1,
          "presentation_rect": [
            202.0,
            384.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-139",
          "maxclass": "number",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            1186.0,
            60.0,
            22.0
          ],
          "minimum": -48,
          "maximum": 48,
          "presentation": 1,
          "presentation_rect": [
            202.0,
            406.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-140",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1226.0,
            206.0,
            22.0
          ],
          "text": "prepend /emo/set/transpose"
        }
      },
      {
        "box": {
          "id": "obj-141",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            1256.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-142",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1126.0,
            157.0,
            22.0
          ],
          "text": "r emo_osc_transpose"
        }
      },
      {
        "box": {
          "id": "obj-143",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1156.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-144",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            600.0,
            1126.0,
            80.0,
            20.0
          ],
          "text": "register",
          "presentation": 1,
          "presentation_rect": [
            293.0,
            384.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-145",
          "maxclass": "number",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            375.0,
            1186.0,
            60.0,
            22.0
          ],
          "minimum": -3,
          "maximum": 3,
          "presentation": 1,
          "presentation_rect": [
            293.0,
            406.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-146",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            375.0,
            1226.0,
            199.0,
            22.0
          ],
          "text": "prepend /emo/set/register"
        }
      },
      {
        "box": {
          "id": "obj-147",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            375.0,
            1256.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-148",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            375.0,
            1126.0,
            150.0,
            22.0
          ],
          "text": "r emo_osc_register"
        }
      },
      {
        "box": {
          "id": "obj-149",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            375.0,
            1156.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-150",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            924.0,
            1126.0,
            73.0,
            20.0
          ],
          "text": "density",
          "presentation": 1,
          "presentation_rect": [
            384.0,
            384.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-151",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            706.0,
            1186.0,
            60.0,
            22.0
          ],
          "minimum": -1.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            384.0,
            406.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-152",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            706.0,
            1226.0,
            192.0,
            22.0
          ],
          "text": "prepend /emo/set/density"
        }
      },
      {
        "box": {
          "id": "obj-153",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            706.0,
            1256.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-154",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            706.0,
            1126.0,
            143.0,
            22.0
          ],
          "text": "r emo_osc_density"
        }
      },
      {
        "box": {
          "id": "obj-155",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            706.0,
            1156.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-156",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1248.0,
            1126.0,
            80.0,
            20.0
          ],
          "text": "velocity",
          "presentation": 1,
          "presentation_rect": [
            475.0,
            384.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-157",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1023.0,
            1186.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 2.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            475.0,
            406.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-158",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1023.0,
            1226.0,
            199.0,
            22.0
          ],
          "text": "prepend /emo/set/velocity"
        }
      },
      {
        "box": {
          "id": "obj-159",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1023.0,
            1256.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-160",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1023.0,
            1126.0,
            150.0,
            22.0
          ],
          "text": "r emo_osc_velocity"
        }
      },
      {
        "box": {
          "id": "obj-161",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1023.0,
            1156.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-162",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1551.0,
            1126.0,
            52.0,
            20.0
          ],
          "text": "gate",
          "presentation": 1,
          "presentation_rect": [
            566.0,
            384.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-163",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1354.0,
            1186.0,
            60.0,
            22.0
          ],
          "minimum": 0.1,
          "maximum": 2.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            566.0,
            406.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-164",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1354.0,
            1226.0,
            171.0,
            22.0
          ],
          "text": "prepend /emo/set/gate"
        }
      },
      {
        "box": {
          "id": "obj-165",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1354.0,
            1256.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-166",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1354.0,
            1126.0,
            122.0,
            22.0
          ],
          "text": "r emo_osc_gate"
        }
      },
      {
        "box": {
          "id": "obj-167",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1354.0,
            1156.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-168",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1833.0,
            1126.0,
            59.0,
            20.0
          ],
          "text": "swing",
          "presentation": 1,
          "presentation_rect": [
            657.0,
            384.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-169",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1629.0,
            1186.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            657.0,
            406.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-170",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1629.0,
            1226.0,
            178.0,
            22.0
          ],
          "text": "prepend /emo/set/swing"
        }
      },
      {
        "box": {
          "id": "obj-171",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1629.0,
            1256.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-172",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1629.0,
            1126.0,
            129.0,
            22.0
          ],
          "text": "r emo_osc_swing"
        }
      },
      {
        "box": {
          "id": "obj-173",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1629.0,
            1156.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-174",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            255.0,
            1322.0,
            80.0,
            20.0
          ],
          "text": "humanize",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            432.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-175",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            1382.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            20.0,
            454.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-176",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1422.0,
            199.0,
            22.0
          ],
          "text": "prepend /emo/set/humanize"
        }
      },
      {
        "box": {
          "id": "obj-177",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            1452.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-178",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1322.0,
            150.0,
            22.0
          ],
          "text": "r emo_osc_humanize"
        }
      },
      {
        "box": {
          "id": "obj-179",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1352.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-180",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            572.0,
            1322.0,
            66.0,
            20.0
          ],
          "text": "evolve",
          "presentation": 1,
          "presentation_rect": [
            111.0,
            432.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-181",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            361.0,
            1382.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            111.0,
            454.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-182",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            361.0,
            1422.0,
            185.0,
            22.0
          ],
          "text": "prepend /emo/set/evolve"
        }
      },
      {
        "box": {
          "id": "obj-183",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            361.0,
            1452.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-184",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            361.0,
            1322.0,
            136.0,
            22.0
          ],
          "text": "r emo_osc_evolve"
        }
      },
      {
        "box": {
          "id": "obj-185",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            361.0,
            1352.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-186",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            917.0,
            1322.0,
            108.0,
            20.0
          ],
          "text": "tempo_follow",
          "presentation": 1,
          "presentation_rect": [
            202.0,
            432.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-187",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            664.0,
            1382.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            202.0,
            454.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-188",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            664.0,
            1422.0,
            227.0,
            22.0
          ],
          "text": "prepend /emo/set/tempo_follow"
        }
      },
      {
        "box": {
          "id": "obj-189",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            664.0,
            1452.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-190",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            664.0,
            1322.0,
            178.0,
            22.0
          ],
          "text": "r emo_osc_tempo_follow"
        }
      },
      {
        "box": {
          "id": "obj-191",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            664.0,
            1352.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-192",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1290.0,
            1322.0,
            94.0,
            20.0
          ],
          "text": "latency_ms",
          "presentation": 1,
          "presentation_rect": [
            293.0,
            432.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-193",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1051.0,
            1382.0,
            60.0,
            22.0
          ],
          "minimum": -200.0,
          "maximum": 200.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            293.0,
            454.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-194",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1051.0,
            1422.0,
            213.0,
            22.0
          ],
          "text": "prepend /emo/set/latency_ms"
        }
      },
      {
        "box": {
          "id": "obj-195",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1051.0,
            1452.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-196",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1051.0,
            1322.0,
            164.0,
            22.0
          ],
          "text": "r emo_osc_latency_ms"
        }
      },
      {
        "box": {
          "id": "obj-197",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1051.0,
            1352.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-198",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1628.0,
            1322.0,
            73.0,
            20.0
          ],
          "text": "channel",
          "presentation": 1,
          "presentation_rect": [
            384.0,
            432.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-199",
          "maxclass": "number",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1410.0,
            1382.0,
            60.0,
            22.0
          ],
          "minimum": 1,
          "maximum": 16,
          "presentation": 1,
          "presentation_rect": [
            384.0,
            454.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-200",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1410.0,
            1422.0,
            192.0,
            22.0
          ],
          "text": "prepend /emo/set/channel"
        }
      },
      {
        "box": {
          "id": "obj-201",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1410.0,
            1452.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-202",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1410.0,
            1322.0,
            143.0,
            22.0
          ],
          "text": "r emo_osc_channel"
        }
      },
      {
        "box": {
          "id": "obj-203",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1410.0,
            1352.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-204",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            241.0,
            1518.0,
            66.0,
            20.0
          ],
          "text": "chords",
          "presentation": 1,
          "presentation_rect": [
            475.0,
            432.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-205",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            1578.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            475.0,
            454.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-206",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1618.0,
            185.0,
            22.0
          ],
          "text": "prepend /emo/set/chords"
        }
      },
      {
        "box": {
          "id": "obj-207",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            1648.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-208",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1518.0,
            136.0,
            22.0
          ],
          "text": "r emo_osc_chords"
        }
      },
      {
        "box": {
          "id": "obj-209",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1548.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-210",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            530.0,
            1518.0,
            52.0,
            20.0
          ],
          "text": "bass",
          "presentation": 1,
          "presentation_rect": [
            566.0,
            432.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-211",
          "maxclass": "flonum",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            333.0,
            1578.0,
            60.0,
            22.0
          ],
          "minimum": 0.0,
          "maximum": 1.0,
          "format": 6,
          "presentation": 1,
          "presentation_rect": [
            566.0,
            454.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-212",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            333.0,
            1618.0,
            171.0,
            22.0
          ],
          "text": "prepend /emo/set/bass"
        }
      },
      {
        "box": {
          "id": "obj-213",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            333.0,
            1648.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-214",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            333.0,
            1518.0,
            122.0,
            22.0
          ],
          "text": "r emo_osc_bass"
        }
      },
      {
        "box": {
          "id": "obj-215",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            333.0,
            1548.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-216",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            875.0,
            1518.0,
            122.0,
            20.0
          ],
          "text": "auto_accompany",
          "presentation": 1,
          "presentation_rect": [
            657.0,
            432.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-217",
          "maxclass": "number",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            608.0,
            1578.0,
            60.0,
            22.0
          ],
          "minimum": 0,
          "maximum": 1,
          "presentation": 1,
          "presentation_rect": [
            657.0,
            454.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-218",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            608.0,
            1618.0,
            241.0,
            22.0
          ],
          "text": "prepend /emo/set/auto_accompany"
        }
      },
      {
        "box": {
          "id": "obj-219",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            608.0,
            1648.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-220",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            608.0,
            1518.0,
            192.0,
            22.0
          ],
          "text": "r emo_osc_auto_accompany"
        }
      },
      {
        "box": {
          "id": "obj-221",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            608.0,
            1548.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-222",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1290.0,
            1518.0,
            122.0,
            20.0
          ],
          "text": "chords_channel",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            480.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-223",
          "maxclass": "number",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1023.0,
            1578.0,
            60.0,
            22.0
          ],
          "minimum": 1,
          "maximum": 16,
          "presentation": 1,
          "presentation_rect": [
            20.0,
            502.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-224",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1023.0,
            1618.0,
            241.0,
            22.0
          ],
          "text": "prepend /emo/set/chords_channel"
        }
      },
      {
        "box": {
          "id": "obj-225",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1023.0,
            1648.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-226",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1023.0,
            1518.0,
            192.0,
            22.0
          ],
          "text": "r emo_osc_chords_channel"
        }
      },
      {
        "box": {
          "id": "obj-227",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1023.0,
            1548.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-228",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1691.0,
            1518.0,
            108.0,
            20.0
          ],
          "text": "bass_channel",
          "presentation": 1,
          "presentation_rect": [
            111.0,
            480.0,
            85.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-229",
          "maxclass": "number",
          "numinlets": 1,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            1438.0,
            1578.0,
            60.0,
            22.0
          ],
          "minimum": 1,
          "maximum": 16,
          "presentation": 1,
          "presentation_rect": [
            111.0,
            502.0,
            85.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-230",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1438.0,
            1618.0,
            227.0,
            22.0
          ],
          "text": "prepend /emo/set/bass_channel"
        }
      },
      {
        "box": {
          "id": "obj-231",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1438.0,
            1648.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-232",
          "maxclass": "newobj",
          "numinlets": 0,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1438.0,
            1518.0,
            178.0,
            22.0
          ],
          "text": "r emo_osc_bass_channel"
        }
      },
      {
        "box": {
          "id": "obj-233",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1438.0,
            1548.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-234",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            256.0,
            1714.0,
            290.0,
            20.0
          ],
          "text": "any message: /emo/goto bright 8, Enter",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            640.0,
            300.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-235",
          "maxclass": "textedit",
          "numinlets": 1,
          "numoutlets": 4,
          "outlettype": [
            "",
            "",
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            1714.0,
            150.0,
            22.0
          ],
          "keymode": 1,
          "lines": 1,
          "presentation": 1,
          "presentation_rect": [
            20.0,
            662.0,
            300.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-236",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            30.0,
            1744.0,
            94.0,
            22.0
          ],
          "text": "route text"
        }
      },
      {
        "box": {
          "id": "obj-237",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            1844.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-238",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            1920.0,
            129.0,
            22.0
          ],
          "text": "udpreceive 7771"
        }
      },
      {
        "box": {
          "id": "obj-239",
          "maxclass": "newobj",
          "numinlets": 29,
          "numoutlets": 29,
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
            1950.0,
            3650.0,
            22.0
          ],
          "text": "route /emo/error /emo/ack /emo/bar /emo/state/mood /emo/state/studio /emo/state/midi_out /emo/state/va /emo/state/quantize /emo/state/key /emo/state/scale /emo/state/intensity /emo/state/tempo /emo/state/transpose /emo/state/register /emo/state/density /emo/state/velocity /emo/state/gate /emo/state/swing /emo/state/humanize /emo/state/evolve /emo/state/tempo_follow /emo/state/latency_ms /emo/state/channel /emo/state/chords /emo/state/bass /emo/state/auto_accompany /emo/state/chords_channel /emo/state/bass_channel"
        }
      },
      {
        "box": {
          "id": "obj-240",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            2006.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_out"
        }
      },
      {
        "box": {
          "id": "obj-241",
          "maxclass": "newobj",
          "numinlets": 2,
          "numoutlets": 2,
          "outlettype": [
            "",
            ""
          ],
          "patching_rect": [
            166.0,
            2006.0,
            129.0,
            22.0
          ],
          "text": "route /emo/ping"
        }
      },
      {
        "box": {
          "id": "obj-242",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            166.0,
            2036.0,
            143.0,
            22.0
          ],
          "text": "prepend /emo/pong"
        }
      },
      {
        "box": {
          "id": "obj-243",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            588.0,
            2006.0,
            59.0,
            20.0
          ],
          "text": "error",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            546.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-244",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            322.0,
            2036.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            84.0,
            546.0,
            286.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-245",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            322.0,
            2006.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-246",
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
            673.0,
            2006.0,
            479.0,
            22.0
          ],
          "text": "route /emo/reply_to /emo/start_listen/state /emo/start_listen/bar"
        }
      },
      {
        "box": {
          "id": "obj-247",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1444.0,
            2006.0,
            45.0,
            20.0
          ],
          "text": "ack",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            574.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-248",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1178.0,
            2036.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            84.0,
            574.0,
            286.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-249",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1178.0,
            2006.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-250",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1781.0,
            2006.0,
            45.0,
            20.0
          ],
          "text": "bar",
          "presentation": 1,
          "presentation_rect": [
            20.0,
            602.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-251",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1515.0,
            2036.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            84.0,
            602.0,
            286.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-252",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            1515.0,
            2006.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-253",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            296.0,
            2092.0,
            52.0,
            20.0
          ],
          "text": "mood",
          "presentation": 1,
          "presentation_rect": [
            380.0,
            546.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-254",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            2122.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            444.0,
            546.0,
            286.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-255",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            30.0,
            2092.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-256",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            640.0,
            2092.0,
            66.0,
            20.0
          ],
          "text": "studio",
          "presentation": 1,
          "presentation_rect": [
            380.0,
            574.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-257",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            374.0,
            2122.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            444.0,
            574.0,
            286.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-258",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            374.0,
            2092.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-259",
          "maxclass": "comment",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            998.0,
            2092.0,
            80.0,
            20.0
          ],
          "text": "midi_out",
          "presentation": 1,
          "presentation_rect": [
            380.0,
            602.0,
            60.0,
            20.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-260",
          "maxclass": "message",
          "numinlets": 2,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            732.0,
            2122.0,
            230.0,
            22.0
          ],
          "text": "",
          "presentation": 1,
          "presentation_rect": [
            444.0,
            602.0,
            286.0,
            22.0
          ]
        }
      },
      {
        "box": {
          "id": "obj-261",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 1,
          "outlettype": [
            ""
          ],
          "patching_rect": [
            732.0,
            2092.0,
            101.0,
            22.0
          ],
          "text": "prepend set"
        }
      },
      {
        "box": {
          "id": "obj-262",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1104.0,
            2092.0,
            108.0,
            22.0
          ],
          "text": "s emo_osc_va"
        }
      },
      {
        "box": {
          "id": "obj-263",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1238.0,
            2092.0,
            150.0,
            22.0
          ],
          "text": "s emo_osc_quantize"
        }
      },
      {
        "box": {
          "id": "obj-264",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1414.0,
            2092.0,
            115.0,
            22.0
          ],
          "text": "s emo_osc_key"
        }
      },
      {
        "box": {
          "id": "obj-265",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1555.0,
            2092.0,
            129.0,
            22.0
          ],
          "text": "s emo_osc_scale"
        }
      },
      {
        "box": {
          "id": "obj-266",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1710.0,
            2092.0,
            157.0,
            22.0
          ],
          "text": "s emo_osc_intensity"
        }
      },
      {
        "box": {
          "id": "obj-267",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            2178.0,
            129.0,
            22.0
          ],
          "text": "s emo_osc_tempo"
        }
      },
      {
        "box": {
          "id": "obj-268",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            185.0,
            2178.0,
            157.0,
            22.0
          ],
          "text": "s emo_osc_transpose"
        }
      },
      {
        "box": {
          "id": "obj-269",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            368.0,
            2178.0,
            150.0,
            22.0
          ],
          "text": "s emo_osc_register"
        }
      },
      {
        "box": {
          "id": "obj-270",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            544.0,
            2178.0,
            143.0,
            22.0
          ],
          "text": "s emo_osc_density"
        }
      },
      {
        "box": {
          "id": "obj-271",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            713.0,
            2178.0,
            150.0,
            22.0
          ],
          "text": "s emo_osc_velocity"
        }
      },
      {
        "box": {
          "id": "obj-272",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            889.0,
            2178.0,
            122.0,
            22.0
          ],
          "text": "s emo_osc_gate"
        }
      },
      {
        "box": {
          "id": "obj-273",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1037.0,
            2178.0,
            129.0,
            22.0
          ],
          "text": "s emo_osc_swing"
        }
      },
      {
        "box": {
          "id": "obj-274",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1192.0,
            2178.0,
            150.0,
            22.0
          ],
          "text": "s emo_osc_humanize"
        }
      },
      {
        "box": {
          "id": "obj-275",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1368.0,
            2178.0,
            136.0,
            22.0
          ],
          "text": "s emo_osc_evolve"
        }
      },
      {
        "box": {
          "id": "obj-276",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1530.0,
            2178.0,
            178.0,
            22.0
          ],
          "text": "s emo_osc_tempo_follow"
        }
      },
      {
        "box": {
          "id": "obj-277",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            1734.0,
            2178.0,
            164.0,
            22.0
          ],
          "text": "s emo_osc_latency_ms"
        }
      },
      {
        "box": {
          "id": "obj-278",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            30.0,
            2226.0,
            143.0,
            22.0
          ],
          "text": "s emo_osc_channel"
        }
      },
      {
        "box": {
          "id": "obj-279",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            199.0,
            2226.0,
            136.0,
            22.0
          ],
          "text": "s emo_osc_chords"
        }
      },
      {
        "box": {
          "id": "obj-280",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            361.0,
            2226.0,
            122.0,
            22.0
          ],
          "text": "s emo_osc_bass"
        }
      },
      {
        "box": {
          "id": "obj-281",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            509.0,
            2226.0,
            192.0,
            22.0
          ],
          "text": "s emo_osc_auto_accompany"
        }
      },
      {
        "box": {
          "id": "obj-282",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            727.0,
            2226.0,
            192.0,
            22.0
          ],
          "text": "s emo_osc_chords_channel"
        }
      },
      {
        "box": {
          "id": "obj-283",
          "maxclass": "newobj",
          "numinlets": 1,
          "numoutlets": 0,
          "outlettype": [],
          "patching_rect": [
            945.0,
            2226.0,
            178.0,
            22.0
          ],
          "text": "s emo_osc_bass_channel"
        }
      }
    ],
    "lines": [
      {
        "patchline": {
          "source": [
            "obj-6",
            0
          ],
          "destination": [
            "obj-7",
            0
          ]
        }
      },
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
            "obj-12",
            0
          ],
          "destination": [
            "obj-13",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-12",
            1
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
            0
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
            "obj-15",
            1
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
            0
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
            "obj-19",
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
            "obj-20",
            0
          ],
          "destination": [
            "obj-21",
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
            "obj-12",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
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
            "obj-22",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-53",
            0
          ],
          "destination": [
            "obj-54",
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
            "obj-22",
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
            "obj-55",
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
            "obj-55",
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
            "obj-55",
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
            "obj-55",
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
            "obj-55",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-66",
            0
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
            "obj-55",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-68",
            0
          ],
          "destination": [
            "obj-69",
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
            "obj-55",
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
            "obj-71",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-71",
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
            "obj-55",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-74",
            0
          ],
          "destination": [
            "obj-75",
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
            "obj-55",
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
            "obj-77",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-77",
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
            "obj-79",
            1
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
            "obj-80",
            0
          ],
          "destination": [
            "obj-81",
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
            "obj-83",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-83",
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
            "obj-85",
            1
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
            "obj-86",
            0
          ],
          "destination": [
            "obj-87",
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
            "obj-89",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-89",
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
            "obj-91",
            1
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
            "obj-92",
            0
          ],
          "destination": [
            "obj-93",
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
            "obj-95",
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
            "obj-91",
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
            "obj-100",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-97",
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
            "obj-98",
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
            "obj-100",
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
            "obj-105",
            0
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
            "obj-103",
            0
          ],
          "destination": [
            "obj-104",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-104",
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
            "obj-106",
            0
          ],
          "destination": [
            "obj-107",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-111",
            0
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
            "obj-109",
            0
          ],
          "destination": [
            "obj-110",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-110",
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
            "obj-112",
            0
          ],
          "destination": [
            "obj-113",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-117",
            0
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
            "obj-115",
            0
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
            "obj-116",
            0
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
            "obj-118",
            0
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
            "obj-123",
            0
          ],
          "destination": [
            "obj-124",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-121",
            0
          ],
          "destination": [
            "obj-122",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-122",
            0
          ],
          "destination": [
            "obj-123",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-124",
            0
          ],
          "destination": [
            "obj-125",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-127",
            0
          ],
          "destination": [
            "obj-128",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-128",
            0
          ],
          "destination": [
            "obj-129",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-130",
            0
          ],
          "destination": [
            "obj-131",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-131",
            0
          ],
          "destination": [
            "obj-127",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-133",
            0
          ],
          "destination": [
            "obj-134",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-134",
            0
          ],
          "destination": [
            "obj-135",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-136",
            0
          ],
          "destination": [
            "obj-137",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-137",
            0
          ],
          "destination": [
            "obj-133",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-139",
            0
          ],
          "destination": [
            "obj-140",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-140",
            0
          ],
          "destination": [
            "obj-141",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-142",
            0
          ],
          "destination": [
            "obj-143",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-143",
            0
          ],
          "destination": [
            "obj-139",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-145",
            0
          ],
          "destination": [
            "obj-146",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-146",
            0
          ],
          "destination": [
            "obj-147",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-148",
            0
          ],
          "destination": [
            "obj-149",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-149",
            0
          ],
          "destination": [
            "obj-145",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-151",
            0
          ],
          "destination": [
            "obj-152",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-152",
            0
          ],
          "destination": [
            "obj-153",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-154",
            0
          ],
          "destination": [
            "obj-155",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-155",
            0
          ],
          "destination": [
            "obj-151",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-157",
            0
          ],
          "destination": [
            "obj-158",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-158",
            0
          ],
          "destination": [
            "obj-159",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-160",
            0
          ],
          "destination": [
            "obj-161",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-161",
            0
          ],
          "destination": [
            "obj-157",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-163",
            0
          ],
          "destination": [
            "obj-164",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-164",
            0
          ],
          "destination": [
            "obj-165",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-166",
            0
          ],
          "destination": [
            "obj-167",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-167",
            0
          ],
          "destination": [
            "obj-163",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-169",
            0
          ],
          "destination": [
            "obj-170",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-170",
            0
          ],
          "destination": [
            "obj-171",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-172",
            0
          ],
          "destination": [
            "obj-173",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-173",
            0
          ],
          "destination": [
            "obj-169",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-175",
            0
          ],
          "destination": [
            "obj-176",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-176",
            0
          ],
          "destination": [
            "obj-177",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-178",
            0
          ],
          "destination": [
            "obj-179",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-179",
            0
          ],
          "destination": [
            "obj-175",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-181",
            0
          ],
          "destination": [
            "obj-182",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-182",
            0
          ],
          "destination": [
            "obj-183",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-184",
            0
          ],
          "destination": [
            "obj-185",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-185",
            0
          ],
          "destination": [
            "obj-181",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-187",
            0
          ],
          "destination": [
            "obj-188",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-188",
            0
          ],
          "destination": [
            "obj-189",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-190",
            0
          ],
          "destination": [
            "obj-191",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-191",
            0
          ],
          "destination": [
            "obj-187",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-193",
            0
          ],
          "destination": [
            "obj-194",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-194",
            0
          ],
          "destination": [
            "obj-195",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-196",
            0
          ],
          "destination": [
            "obj-197",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-197",
            0
          ],
          "destination": [
            "obj-193",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-199",
            0
          ],
          "destination": [
            "obj-200",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-200",
            0
          ],
          "destination": [
            "obj-201",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-202",
            0
          ],
          "destination": [
            "obj-203",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-203",
            0
          ],
          "destination": [
            "obj-199",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-205",
            0
          ],
          "destination": [
            "obj-206",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-206",
            0
          ],
          "destination": [
            "obj-207",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-208",
            0
          ],
          "destination": [
            "obj-209",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-209",
            0
          ],
          "destination": [
            "obj-205",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-211",
            0
          ],
          "destination": [
            "obj-212",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-212",
            0
          ],
          "destination": [
            "obj-213",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-214",
            0
          ],
          "destination": [
            "obj-215",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-215",
            0
          ],
          "destination": [
            "obj-211",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-217",
            0
          ],
          "destination": [
            "obj-218",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-218",
            0
          ],
          "destination": [
            "obj-219",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-220",
            0
          ],
          "destination": [
            "obj-221",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-221",
            0
          ],
          "destination": [
            "obj-217",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-223",
            0
          ],
          "destination": [
            "obj-224",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-224",
            0
          ],
          "destination": [
            "obj-225",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-226",
            0
          ],
          "destination": [
            "obj-227",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-227",
            0
          ],
          "destination": [
            "obj-223",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-229",
            0
          ],
          "destination": [
            "obj-230",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-230",
            0
          ],
          "destination": [
            "obj-231",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-232",
            0
          ],
          "destination": [
            "obj-233",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-233",
            0
          ],
          "destination": [
            "obj-229",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-235",
            0
          ],
          "destination": [
            "obj-236",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-236",
            0
          ],
          "destination": [
            "obj-237",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-238",
            0
          ],
          "destination": [
            "obj-239",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-238",
            0
          ],
          "destination": [
            "obj-241",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-241",
            0
          ],
          "destination": [
            "obj-242",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-242",
            0
          ],
          "destination": [
            "obj-240",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-245",
            0
          ],
          "destination": [
            "obj-244",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            0
          ],
          "destination": [
            "obj-245",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            1
          ],
          "destination": [
            "obj-246",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-249",
            0
          ],
          "destination": [
            "obj-248",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-246",
            3
          ],
          "destination": [
            "obj-249",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-252",
            0
          ],
          "destination": [
            "obj-251",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            2
          ],
          "destination": [
            "obj-252",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-255",
            0
          ],
          "destination": [
            "obj-254",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            3
          ],
          "destination": [
            "obj-255",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-258",
            0
          ],
          "destination": [
            "obj-257",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            4
          ],
          "destination": [
            "obj-258",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-261",
            0
          ],
          "destination": [
            "obj-260",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            5
          ],
          "destination": [
            "obj-261",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            6
          ],
          "destination": [
            "obj-262",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            7
          ],
          "destination": [
            "obj-263",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            8
          ],
          "destination": [
            "obj-264",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            9
          ],
          "destination": [
            "obj-265",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            10
          ],
          "destination": [
            "obj-266",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            11
          ],
          "destination": [
            "obj-267",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            12
          ],
          "destination": [
            "obj-268",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            13
          ],
          "destination": [
            "obj-269",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            14
          ],
          "destination": [
            "obj-270",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            15
          ],
          "destination": [
            "obj-271",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            16
          ],
          "destination": [
            "obj-272",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            17
          ],
          "destination": [
            "obj-273",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            18
          ],
          "destination": [
            "obj-274",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            19
          ],
          "destination": [
            "obj-275",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            20
          ],
          "destination": [
            "obj-276",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            21
          ],
          "destination": [
            "obj-277",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            22
          ],
          "destination": [
            "obj-278",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            23
          ],
          "destination": [
            "obj-279",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            24
          ],
          "destination": [
            "obj-280",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            25
          ],
          "destination": [
            "obj-281",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            26
          ],
          "destination": [
            "obj-282",
            0
          ]
        }
      },
      {
        "patchline": {
          "source": [
            "obj-239",
            27
          ],
          "destination": [
            "obj-283",
            0
          ]
        }
      }
    ]
  }
}
