def process(elements):
    return sum(elemnts)


process([1])
