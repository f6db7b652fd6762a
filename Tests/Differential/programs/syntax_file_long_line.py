result = some_function(argument_number_one, argument_number_two, argument_number_three) and other_function(1, 2, 3) 5 6
