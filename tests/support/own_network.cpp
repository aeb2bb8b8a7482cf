#include <support/own_network.hpp>

#include <doctest/doctest.h>

#include <sched.h>

#include <cstdlib>
#include <exception>
#include <thread>

namespace ferry::test {

bool ip(const std::string& command) {
    return std::system(("ip " + command + " >/dev/null 2>&1").c_str()) == 0;
}

void with_own_network(const std::function<void()>& test) {
    bool may = false;
    std::exception_ptr thrown;
    std::thread([&] {  // it leaves this thread alone, and ends with that one
        may = ::unshare(CLONE_NEWNET) == 0 && ip("link set lo up");
        try {
            if (may) test();
        } catch (...) {
            thrown = std::current_exception();
        }
    })
        .join();
    if (thrown) std::rethrow_exception(thrown);
    if (!may) MESSAGE("skipped: no network namespace, or no ip(8)");
}

}  // namespace ferry::test
