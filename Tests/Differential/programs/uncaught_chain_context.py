def cleanup():
    try:
        int("x")
    except ValueError:
        [][1]


try:
    cleanup()
finally:
    print("finally ran")
