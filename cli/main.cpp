#include "cli/text/console.hpp"
#include "cli/verb.hpp"

#include <csignal>
#include <exception>

int main(int count, char** words) {
    std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves must not end a transfer
    std::signal(SIGXFSZ, SIG_IGN);  // a size limit (ulimit -f) is an error like others
    try {
        return static_cast<int>(ferry::cli::run_ferry({words + (count > 0), words + count}));
    } catch (const std::exception& bug) {
        ferry::cli::complain(std::string("internal error: ") + bug.what());
        return static_cast<int>(ferry::cli::exit_code::failed);
    }
}
