class A(B, metaclass=M):
    """doc"""
    x: int = 3
    __y = x
    def m(self):
        self.a = self.__y
        return super().m()
