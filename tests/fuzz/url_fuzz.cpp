#include <ferry/url.hpp>

#include <fuzz/fuzz.hpp>

#include <algorithm>
#include <string>
#include <string_view>

using namespace ferry;
using fuzz::require;

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

void check_file_name(const std::string& name) {
    require(name.size() <= 255, "a file name has at most 255 bytes");
    require(name.find_first_of("/\\") == std::string::npos, "it is one component");
    require(name.empty() || name.front() != '.', "it has no leading dot");
    require(std::none_of(name.begin(), name.end(), is_control), "it has no control characters");
}

void check_url(const url& what) {
    const auto text = to_string(what);
    const auto fits = [](char c) { return c > ' ' && c < 0x7f; };
    require(std::all_of(text.begin(), text.end(), fits), "a URL is printable ASCII");
    require(what.host.empty() || what.path.starts_with('/'), "a path behind a host starts with /");
    auto public_part = what;
    public_part.user_info.clear();
    public_part.fragment.clear();
    const auto again = parse_url(text);
    require(again.has_value(), "what was a URL is one");
    require(*again == public_part, "and the same one");
    check_file_name(file_name_of(what));
}

void check_location(std::string_view text) {
    const auto location = parse_location(text);
    if (!location || location->scheme != "file") return;
    const auto path = to_path(*location);
    if (path) require(path->is_absolute(), "a local path is absolute");
}

}  // namespace

/// A base and a reference, one a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = fuzz::text_of(data, size);
    const auto base_text = input.substr(0, input.find('\n'));
    const auto reference = input.substr(std::min(base_text.size() + 1, input.size()));
    check_file_name(safe_file_name(input));
    check_location(input);
    const auto base = parse_url(base_text);
    if (!base) return 0;
    check_url(*base);
    const auto target = resolve(*base, reference);
    if (!target) return 0;
    check_url(*target);
    if (target->origin() != base->origin())
        require(
            target->user_info.empty() || reference.find('@') != std::string_view::npos,
            "a secret stays with its origin");
    return 0;
}
