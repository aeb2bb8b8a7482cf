#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <iterator>
#include <utility>

namespace ferry::test {

/// Makes each row of a table a test case of its own, named by the row's member `name` (a literal):
///
///     const row lies[] = {{"the status line is cut", …}, …};
///     const cases<lies, tell> registered(__FILE__, __LINE__);  // runs tell(row)
///
/// A failing row then names itself, and ctest runs and limits each one alone.
template <const auto& Table, auto Run>
class cases {
  public:
    cases(const char* file, unsigned line) {
        add(file, line, std::make_index_sequence<std::size(Table)>());
    }

  private:
    template <std::size_t Row>
    static void one() {
        Run(Table[Row]);
    }
    template <std::size_t... Row>
    static void add(const char* file, unsigned line, std::index_sequence<Row...>) {
        using namespace doctest::detail;
        (regTest(TestCase(&one<Row>, file, line, TestSuite()) * Table[Row].name), ...);
    }
};

}  // namespace ferry::test
