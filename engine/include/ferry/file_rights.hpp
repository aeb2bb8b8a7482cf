#pragma once

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace ferry {

/// Who owns a file of this system and who may use it, beyond its permissions, and what its users
/// have noted about it.
struct file_rights {
    std::optional<unsigned> owner = {};   ///< uid
    std::optional<unsigned> group = {};   ///< gid
    std::optional<std::string> acl = {};  ///< as the attribute system.posix_acl_access has it;
                                          ///< empty: the permissions say it all
    std::map<std::string, std::string> attributes = {};  ///< the extended ones of users ("user.…")
};

/// "UID:GID", either of which may be missing; empty: both are. And back.
inline std::string owner_text(const file_rights& rights) {
    const auto text = [](std::optional<unsigned> id) { return id ? std::to_string(*id) : ""; };
    const auto both = text(rights.owner) + ":" + text(rights.group);
    return both == ":" ? std::string() : both;
}
inline file_rights parse_owner(std::string_view text) noexcept {
    const auto id = [](std::string_view digits) -> std::optional<unsigned> {
        unsigned number = 0;
        const auto* end = digits.data() + digits.size();
        const auto [next, error] = std::from_chars(digits.data(), end, number);
        if (error != std::errc() || next != end) return std::nullopt;
        return number;
    };
    const auto colon = std::min(text.find(':'), text.size());
    return {id(text.substr(0, colon)), id(text.substr(std::min(colon + 1, text.size()))), {}, {}};
}

/// What of a file's rights its copy gets too (BITS: ACLFlags). With any, the attributes of users,
/// too.
struct rights_wanted {
    bool owner = false;
    bool group = false;
    bool acl = false;

    bool operator==(const rights_wanted&) const = default;
    bool any() const noexcept { return owner || group || acl; }
};

/// Some letters of "ogd": owner, group, ACL (BITS: DACL).
constexpr std::optional<rights_wanted> parse_rights(std::string_view letters) noexcept {
    rights_wanted wanted;
    for (const char letter : letters) {
        if (letter != 'o' && letter != 'g' && letter != 'd') return std::nullopt;
        wanted.owner |= letter == 'o';
        wanted.group |= letter == 'g';
        wanted.acl |= letter == 'd';
    }
    return wanted;
}
inline std::string to_string(const rights_wanted& wanted) {
    return std::string(wanted.owner ? "o" : "") + (wanted.group ? "g" : "") +
           (wanted.acl ? "d" : "");
}

}  // namespace ferry
