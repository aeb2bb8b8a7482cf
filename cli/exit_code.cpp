#include "cli/exit_code.hpp"

#include <algorithm>

namespace ferry::cli {
namespace {

exit_code of_errc(errc code) noexcept {
    switch (code) {
        case errc::cancelled:
            return exit_code::interrupted;
        case errc::not_found:
            return exit_code::not_found;
        case errc::unauthorized:
            return exit_code::unauthorized;
        case errc::not_trusted:
            return exit_code::not_trusted;
        case errc::source_changed:
        case errc::checksum_mismatch:
        case errc::rejected:
            return exit_code::integrity;
        case errc::exists:
        case errc::busy:
            return exit_code::local_file;
        case errc::out_of_time:
            return exit_code::gave_up;
        case errc::no_such_job:
        case errc::wrong_state:
            return exit_code::no_such_job;
        case errc::not_running:
            return exit_code::not_reachable;
        case errc::too_many:  // a quota: nothing was started
            return exit_code::usage;
        default:
            return exit_code::failed;
    }
}

}  // namespace

exit_code exit_code_of(const failure& why) noexcept {
    const bool local = why.context == error_context::local_file;
    if (local && why.code == errc::not_found) return exit_code::local_file;
    if (why.code.category() == ferry_category()) {
        const auto code = of_errc(static_cast<errc>(why.code.value()));
        if (code != exit_code::failed) return code;
    }
    if (local || why.code == std::errc::permission_denied) return exit_code::local_file;
    return is_transient(why.code) ? exit_code::gave_up : exit_code::failed;
}

exit_code exit_code_of(std::size_t done, std::span<const failure> failed) noexcept {
    const auto cancelled = [](const failure& why) { return why.code == errc::cancelled; };
    if (std::any_of(failed.begin(), failed.end(), cancelled)) return exit_code::interrupted;
    if (failed.empty()) return exit_code::done;
    return done > 0 ? exit_code::some_done : exit_code_of(failed.front());
}

}  // namespace ferry::cli
