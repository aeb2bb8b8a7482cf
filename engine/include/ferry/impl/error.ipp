#pragma once

#include <ferry/detail/ascii.hpp>

#include <algorithm>
#include <array>

namespace ferry {
namespace detail {

class category final : public std::error_category {
  public:
    const char* name() const noexcept override { return "ferry"; }
    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::cancelled:
                return "cancelled";
            case errc::timed_out:
                return "no answer in time";
            case errc::cut_short:
                return "the connection closed before the announced end";
            case errc::source_changed:
                return "the source changed";
            case errc::refused:
                return "the server refused";
            case errc::overloaded:
                return "the server cannot answer now";
            case errc::malformed:
                return "the server broke the protocol";
            case errc::unsupported:
                return "not supported";
            case errc::not_found:
                return "not found";
            case errc::unauthorized:
                return "not authorized";
            case errc::not_trusted:
                return "the server is not trusted";
            case errc::name_not_resolved:
                return "host name not resolved";
            case errc::redirect_refused:
                return "redirect not followed";
            case errc::checksum_mismatch:
                return "checksum mismatch";
            case errc::exists:
                return "the destination exists";
            case errc::busy:
                return "another transfer writes this destination";
            case errc::bad_argument:
                return "bad argument";
            case errc::range_refused:
                return "the server refused the range";
            case errc::too_slow:
                return "slower than the low-speed limit";
            case errc::out_of_time:
                return "the time allowed is used up";
            case errc::no_such_job:
                return "no such job";
            case errc::wrong_state:
                return "the job is not in a state for that";
            case errc::too_many:
                return "a quota is used up";
            case errc::not_running:
                return "the daemon cannot be reached";
            case errc::rejected:
                return "the content was rejected";
            case errc::session_lost:
                return "the server no longer knows the upload";
            case errc::unchanged:
                return "the same is there already";
            case errc::crashed:
                return "ferry crashed";
        }
        return "unknown error";
    }
};

inline bool is_network_error(const std::error_code& code) noexcept {
    static constexpr std::array lost = {
        std::errc::connection_refused,
        std::errc::connection_reset,
        std::errc::connection_aborted,
        std::errc::broken_pipe,
        std::errc::host_unreachable,
        std::errc::network_unreachable,
        std::errc::network_down,
        std::errc::network_reset,
        std::errc::timed_out,
        std::errc::not_connected,
        std::errc::address_not_available,
    };
    return std::any_of(lost.begin(), lost.end(), [&](std::errc one) { return code == one; });
}

/// What this machine has too little of now; it says nothing about the file in question.
inline bool is_shortage(const std::error_code& code) noexcept {
    return code == std::errc::too_many_files_open ||
           code == std::errc::too_many_files_open_in_system || code == std::errc::not_enough_memory;
}

}  // namespace detail

inline const std::error_category& ferry_category() noexcept {
    static const detail::category instance;
    return instance;
}

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), ferry_category()};
}

inline bool is_transient(const std::error_code& code) noexcept {
    if (code.category() != ferry_category())
        return detail::is_network_error(code) || detail::is_shortage(code);
    switch (static_cast<errc>(code.value())) {
        case errc::timed_out:
        case errc::cut_short:
        case errc::overloaded:
        case errc::name_not_resolved:
        case errc::too_slow:
        case errc::session_lost:
        case errc::crashed:
            return true;
        default:
            return false;
    }
}

inline std::string_view error_class(const failure& why) noexcept {
    if (is_transient(why.code)) return "transient";
    const auto repairable = why.code == errc::unauthorized || why.code == errc::not_trusted ||
                            why.code == std::errc::no_space_on_device;
    return repairable ? "action" : "fatal";
}

inline std::string_view symbol(const failure& why) noexcept {
    if (why.code.category() == ferry_category()) {
        switch (static_cast<errc>(why.code.value())) {
            case errc::cancelled:
                return "cancelled";
            case errc::timed_out:
                return "net.timeout";
            case errc::cut_short:
                return "net.cut_short";
            case errc::source_changed:
                return "integrity.source_changed";
            case errc::refused:
            case errc::overloaded:
            case errc::range_refused:
                return "http.status";
            case errc::malformed:
                return "http.malformed";
            case errc::unsupported:
                return "unsupported";
            case errc::not_found:
                return why.http_status ? "http.status" : "file.not_found";
            case errc::unauthorized:
                if (why.context == error_context::local_file) return "secrets.sealed";
                return why.http_status ? "http.status" : "access.denied";
            case errc::not_trusted:
                return "tls.not_trusted";
            case errc::name_not_resolved:
                return "net.name_not_resolved";
            case errc::redirect_refused:
                return "http.redirect";
            case errc::checksum_mismatch:
                return "integrity.checksum";
            case errc::exists:
            case errc::unchanged:
                return "file.exists";
            case errc::busy:
                return "file.busy";
            case errc::bad_argument:
                return "usage";
            case errc::too_slow:
                return "net.too_slow";
            case errc::out_of_time:
                return "net.out_of_time";
            case errc::no_such_job:
                return "job.unknown";
            case errc::wrong_state:
                return "job.state";
            case errc::too_many:
                return "job.quota";
            case errc::not_running:
                return "daemon.unreachable";
            case errc::rejected:
                return "integrity.rejected";
            case errc::session_lost:
                return "upload.session_lost";
            case errc::crashed:
                return "daemon.crashed";
        }
    }
    if (detail::is_network_error(why.code)) return "net.connection";
    if (why.code == std::errc::no_space_on_device) return "file.no_space";
    if (why.code == std::errc::permission_denied) return "file.permission";
    if (why.code == std::errc::no_such_file_or_directory) return "file.not_found";
    return why.context == error_context::local_file ? "file.error" : "error";
}

inline std::string_view to_string(error_context context) noexcept {
    switch (context) {
        case error_context::local_file:
            return "local_file";
        case error_context::remote_file:
            return "remote_file";
        case error_context::transport:
            return "transport";
        case error_context::none:
            break;
    }
    return "none";
}

inline std::string describe(const failure& why) {
    if (why.detail.empty()) return why.code.message();
    if (!why.code) return why.detail;
    const auto meaning = why.code.message();
    const bool is_said = detail::to_lower(why.detail).ends_with(detail::to_lower(meaning));
    return is_said ? why.detail : why.detail + ": " + meaning;  // "404 Not Found" is enough
}

inline failure file_failure(int error_number, std::string detail) {
    return {
        std::error_code(error_number, std::generic_category()), std::move(detail),
        error_context::local_file};
}

}  // namespace ferry
