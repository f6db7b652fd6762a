class Shape:
    def __init__(self):
        self.area = 1

    def show(self):
        print(area)


Shape().show()
