#include <ferry/host_gates.hpp>

#include <doctest/doctest.h>

#include <chrono>

namespace ferry::test::host_gates_test {

using namespace std::chrono_literals;

TEST_CASE("host gates: a host that said nothing is open") {
    const host_gates gates;
    CHECK(gates.opens("http://h") == clock::time_point::min());
}

TEST_CASE("host gates: a closed host stays closed until its time, and others stay open") {
    host_gates gates;
    const clock::time_point now{};
    gates.close("http://h", now + 30s);
    CHECK(gates.opens("http://h") == now + 30s);
    CHECK(gates.opens("http://other") == clock::time_point::min());
    CHECK(gates.opens("https://h") == clock::time_point::min());
}

TEST_CASE("host gates: of two wishes the later end counts") {
    host_gates gates;
    const clock::time_point now{};
    gates.close("h", now + 30s);
    gates.close("h", now + 10s);
    CHECK(gates.opens("h") == now + 30s);
    gates.close("h", now + 60s);
    CHECK(gates.opens("h") == now + 60s);
}

}  // namespace ferry::test::host_gates_test
