# Writes OUTPUT, which tells ctest about each test case of the doctest program PROGRAM.
# doctest's own helper stumbles over names with brackets, semicolons or backslashes.
execute_process(
    COMMAND ${PROGRAM} --list-test-cases --no-colors
    OUTPUT_VARIABLE rest COMMAND_ERROR_IS_FATAL ANY)

set(script "")
while(rest MATCHES "^([^\n]*)\n")
    set(name "${CMAKE_MATCH_1}")
    string(LENGTH "${name}" length)
    math(EXPR length "${length} + 1")
    string(SUBSTRING "${rest}" ${length} -1 rest)
    if(name STREQUAL "" OR name MATCHES "^(\\[doctest\\] |=====)")
        continue()
    endif()

    # To doctest the name is a pattern, a comma ends it: what might mean something becomes a "?".
    string(REGEX REPLACE "[^A-Za-z0-9 _.:-]" "?" pattern "${name}")
    # A case whose name starts with "timing:" measures time and must not share the processors.
    set(serial OFF)
    if(name MATCHES "^timing:")
        set(serial ON)
    endif()
    # The last property: a pattern that matches no case is an error, not a success.
    string(APPEND script
        "add_test([==[${name}]==] [==[${PROGRAM}]==] [==[--test-case=${pattern}]==])\n"
        "set_tests_properties([==[${name}]==] PROPERTIES LABELS ${LABEL} TIMEOUT ${LIMIT}"
        " RUN_SERIAL ${serial} ENVIRONMENT [==[${ENVIRONMENT}]==]"
        " FAIL_REGULAR_EXPRESSION [==[\\[doctest\\] test cases: +0 ]==])\n")
endwhile()
file(WRITE ${OUTPUT} "${script}")
