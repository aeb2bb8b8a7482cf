#include "cli/options/options_transfer.hpp"

#include "cli/options/options.hpp"
#include "cli/text/quantity.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/ascii.hpp>

namespace ferry::cli {
namespace {

using std::chrono::milliseconds;

result<std::optional<checksum>> parse_expected(std::string_view text) {
    constexpr std::string_view what = "checksum: ";  // the option's name says it already
    auto parsed = parse_checksum(text);
    if (parsed) return std::optional(*std::move(parsed));
    auto why = parsed.error();
    if (why.detail.starts_with(what)) why.detail.erase(0, what.size());
    return why;
}

/// "ogd", or "o,g,d".
result<rights_wanted> read_rights(std::string_view text) {
    auto letters = detail::to_lower(text);
    std::erase(letters, ',');
    if (letters.find('s') != letters.npos)
        return wrong("there are no audit lists (SACL) here (leave out the s)");
    const auto wanted = parse_rights(letters);
    if (!wanted || letters.empty()) return wrong("not made of o (owner), g (group), d (DACL)");
    return *wanted;
}

template <auto parse>
result<std::optional<milliseconds>> if_given(std::string_view text) {
    const auto time = parse(text);
    if (!time) return time.error();
    return std::optional(*time);
}

void add_speed_options(option_set& app, transfer_settings& into) {
    option_group speed(app, "Speed");
    speed.value<unsigned>(
        "-c,--connections", "N", into.options.connections,
        [](std::string_view text) { return parse_count(text, 1, 64); },
        "connections for each file, 1 to 64 (default 1; of shares 2)");
    speed.value<std::uint64_t>(
        "--limit-rate", "RATE", into.bytes_per_second, parse_rate_or_none,
        "most bytes per second of all files together, or none (default none)");
    speed.value<std::uint64_t>(
        "--low-speed-limit", "RATE", into.options.low_speed_limit, parse_rate_or_none,
        "retry when a file is slower than this, or none (default none)");
    speed.value<milliseconds>(
        "--low-speed-time", "S", into.options.low_speed_time, parse_positive_seconds,
        "… for so many seconds (default 30)");
}

void add_patience_options(option_set& app, transfer_settings& into) {
    option_group patience(app, "Patience (seconds, fractions allowed)");
    patience.value<milliseconds>(
        "--max-download-time", "S", into.options.max_time, parse_positive_seconds,
        "most time for each file, retries included (default no limit)");
    patience.value<std::optional<milliseconds>>(
        "--retry-interval", "S", into.retry_interval, if_given<parse_positive_seconds>,
        "wait before each retry (default 1, doubling up to 60)");
    patience.value<std::optional<milliseconds>>(
        "--retry-timeout", "S", into.retry_timeout, if_given<parse_seconds>,
        "give up so long after the last progress (default 600; 0: never retry)");
}

void add_destination_options(option_set& app, transfer_settings& into) {
    option_group there(app, "Destination");
    there.value<std::optional<checksum>>(
        "--checksum", "ALG:HEX", into.options.expected, parse_expected,
        "verify before the file gets its name: sha256, sha1, sha512 or md5");
    there.choice<existing_policy>(
        "--existing", "POLICY", into.options.existing,
        {{"replace", existing_policy::replace},
         {"update", existing_policy::update},
         {"fail", existing_policy::fail},
         {"skip", existing_policy::skip}},
        "if the file exists: replace, update, fail or skip (default replace)");
    there.toggle(
        "--create-dirs", into.options.create_directories, "make the folders that are missing");
    there.choice<sync_policy>(
        "--sync", "WHEN", into.options.sync,
        {{"auto", sync_policy::automatic}, {"never", sync_policy::never}},
        "auto: finished files survive a power cut; never: faster (default auto)");
    there.toggle(
        "--mtime", into.options.keep_mtime,
        "stamp files with the source's time, not the download's (default yes)");
    there.value<rights_wanted>(
        "--acl-flags", "ogd", into.options.rights, read_rights,
        "owner, group, ACL of local and SMB sources; local: user.* attributes");
}

}  // namespace

void add_transfer_options(option_set& app, transfer_settings& into) {
    add_destination_options(app, into);
    add_speed_options(app, into);
    add_patience_options(app, into);
}

retry_policy fixed_interval(retry_policy policy, milliseconds wait) {
    policy.first = wait;
    policy.longest = wait;
    policy.jitter = false;
    return policy;
}

}  // namespace ferry::cli
