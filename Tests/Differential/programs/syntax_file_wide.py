message = "漢字" + "é" é
