#pragma once

#include <ferry/file_rights.hpp>
#include <ferry/result.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a server says of the owner of a file and of those who may use it, in the terms of this
// system. Names stand for the same people here and there, as with rsync.

namespace ferry::smb::detail {

/// One entry of an ACL (MS-DTYP, 2.4.4).
struct access_entry {
    std::string who = {};
    unsigned type = 0;   ///< 0: allowed; see denies()
    unsigned flags = 0;  ///< 8: only for what will be made in a folder
    std::uint32_t mask = 0;
};

/// ACCESS_DENIED_ACE_TYPE and its kin (MS-DTYP, 2.4.4.1).
constexpr bool denies(unsigned type) noexcept {
    return type == 1 || type == 6 || type == 10 || type == 12;
}

/// A security descriptor (MS-DTYP, 2.4.6), with names for its SIDs.
struct security_descriptor {
    std::string owner = {};
    std::string group = {};
    std::vector<access_entry> entries = {};
};

/// Who has that name here; none: nobody.
struct account_names {
    std::function<std::optional<unsigned>(const std::string&)> user;
    std::function<std::optional<unsigned>(const std::string&)> group;
};

/// What a copy gets of it.
struct local_rights {
    file_rights rights = {};
    std::optional<unsigned> mode = {};  ///< permissions, where the ACL was asked for
};

inline bool read_number(std::string_view text, std::uint32_t& into) {
    const bool hex = text.starts_with("0x");
    if (hex) text.remove_prefix(2);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), into, hex ? 16 : 10);
    return error == std::errc() && end == text.data() + text.size();
}

/// "NAME:TYPE/FLAGS/MASK"
inline std::optional<access_entry> parse_entry(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos) return std::nullopt;
    access_entry entry{std::string(text.substr(0, colon))};
    auto numbers = text.substr(colon + 1);
    std::array<std::uint32_t, 3> parsed{};
    for (auto& one : parsed) {
        const auto slash = std::min(numbers.find('/'), numbers.size());
        if (!read_number(numbers.substr(0, slash), one)) return std::nullopt;
        numbers.remove_prefix(std::min(slash + 1, numbers.size()));
    }
    entry.type = parsed[0];
    entry.flags = parsed[1];
    entry.mask = parsed[2];
    return entry;
}

/// Reads what libsmbclient writes: "REVISION:1,OWNER:NAME,GROUP:NAME,ACL:ENTRY,…".
/// Errors: errc::malformed.
inline result<security_descriptor> parse_descriptor(std::string_view text) {
    security_descriptor all;
    while (!text.empty()) {
        const auto part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        const auto colon = std::min(part.find(':'), part.size());
        const auto key = part.substr(0, colon);
        const auto value = part.substr(std::min(colon + 1, part.size()));
        if (key == "OWNER") all.owner = value;
        if (key == "GROUP") all.group = value;
        if (key != "ACL") continue;
        auto entry = parse_entry(value);
        if (!entry) return failure{errc::malformed, "an ACL entry '" + std::string(value) + "'"};
        all.entries.push_back(*std::move(entry));
    }
    if (all.owner.empty() || all.group.empty())
        return failure{errc::malformed, "rights without an owner and a group"};
    return all;
}

/// The part of "DOMAIN\name" that this system may know.
inline std::string own_name_of(const std::string& who) { return who.substr(who.rfind('\\') + 1); }

/// Who has such a name: as it is, where winbind knows it, or without its domain.
inline std::optional<unsigned> find_account(
    const std::function<std::optional<unsigned>(const std::string&)>& known,
    const std::string& who) {
    if (const auto id = known(who)) return id;
    return known(own_name_of(who));
}

inline failure unknown_account(const std::string& who, const std::string& letter) {
    return {
        errc::unsupported, "'" + who + "' of the share is nobody here (leave '" + letter +
                               "' out of --acl-flags, or add the account)"};
}

/// Read, write and execute, as this system writes them (MS-DTYP, 2.4.3; MS-FSCC, 2.4).
inline unsigned permissions_of(std::uint32_t mask) noexcept {
    constexpr std::uint32_t all = 0x10000000;
    const auto has = [mask](std::uint32_t bits) { return (mask & (bits | all)) != 0; };
    return (has(0x80000001) ? 4U : 0U) | (has(0x40000002) ? 2U : 0U) | (has(0x20000020) ? 1U : 0U);
}

/// An ACL of this system, under way.
class posix_acl {
  public:
    /// @param group  The copy gets the group as well; else what it may do is that of others.
    posix_acl(const security_descriptor& from, const account_names& known, bool group)
        : from_(from), known_(known), with_group_(group) {}

    /// What is allowed under conditions, or concerns the log, counts for nothing.
    result<void> add(const access_entry& entry) {
        constexpr unsigned allowed = 0, only_inherited = 8;
        const auto may = permissions_of(entry.mask);
        if ((entry.flags & only_inherited) != 0 || may == 0) return {};
        if (denies(entry.type))
            return failure{
                errc::unsupported, "the share's ACL denies '" + entry.who +
                                       "' something, which this system cannot (leave 'd' out of "
                                       "--acl-flags)"};
        if (entry.type != allowed || is_of_the_system(entry.who)) return {};
        if (is_everyone(entry.who)) return give(others_, may);
        if (entry.who == from_.owner) return give(owner_, may);
        if (with_group_ && entry.who == from_.group) return give(group_, may);
        return add_named(entry.who, may);
    }

    /// What all may, each may too: here, only the first entry that fits counts.
    local_rights take() {
        local_rights made;
        owner_ |= others_;
        group_ |= others_;
        auto all = group_;
        for (auto* some : {&users_, &groups_})
            for (auto& [id, may] : *some) all |= (may |= others_);
        const bool plain = users_.empty() && groups_.empty();
        made.mode = owner_ << 6 | (plain ? group_ : all) << 3 | others_;
        made.rights.acl = plain ? std::string() : text(all);
        return made;
    }

  private:
    static result<void> give(unsigned& whom, unsigned may) {
        whom |= may;
        return {};
    }

    static bool is_everyone(std::string_view who) {
        return who == "Everyone" || who == "\\Everyone" || who == "S-1-1-0";
    }

    /// Root's, who may do all; or what will be somebody's in a folder.
    static bool is_of_the_system(std::string_view who) {
        return who == "NT AUTHORITY\\SYSTEM" || who == "BUILTIN\\Administrators" ||
               who.ends_with("CREATOR OWNER") || who.ends_with("CREATOR GROUP");
    }

    /// Samba tells users and groups of Unix apart by the domain's name; else who is a user is none.
    result<void> add_named(const std::string& who, unsigned may) {
        const auto user =
            who.starts_with("Unix Group\\") ? std::nullopt : find_account(known_.user, who);
        if (user) return give(users_[*user], may);
        const auto group =
            who.starts_with("Unix User\\") ? std::nullopt : find_account(known_.group, who);
        if (group) return give(groups_[*group], may);
        return unknown_account(who, "d");
    }

    /// As the attribute system.posix_acl_access has it: see acl(5).
    std::string text(unsigned mask) const {
        constexpr std::uint32_t version = 2, nobody = ~0U;
        std::string acl(reinterpret_cast<const char*>(&version), sizeof version);
        append(acl, 0x01, owner_, nobody);
        for (const auto& [id, may] : users_) append(acl, 0x02, may, id);
        append(acl, 0x04, group_, nobody);
        for (const auto& [id, may] : groups_) append(acl, 0x08, may, id);
        append(acl, 0x10, mask, nobody);
        append(acl, 0x20, others_, nobody);
        return acl;
    }
    static void append(std::string& acl, std::uint16_t tag, unsigned may, std::uint32_t id) {
        struct {
            std::uint16_t tag, permissions;
            std::uint32_t id;
        } const entry{tag, static_cast<std::uint16_t>(may), id};
        acl.append(reinterpret_cast<const char*>(&entry), sizeof entry);
    }

    const security_descriptor& from_;
    const account_names& known_;
    const bool with_group_;
    unsigned owner_ = 0;
    unsigned group_ = 0;
    unsigned others_ = 0;
    std::map<unsigned, unsigned> users_;
    std::map<unsigned, unsigned> groups_;
};

/// Errors: errc::unsupported: what is wanted of it has no equal here; the detail tells why, and
///   what to do.
inline result<local_rights> rights_here(
    const security_descriptor& from, const rights_wanted& wanted, const account_names& known) {
    local_rights made;
    if (wanted.acl) {
        posix_acl acl(from, known, wanted.group);
        for (const auto& entry : from.entries)
            if (const auto added = acl.add(entry); !added) return added.error();
        made = acl.take();
    }
    if (wanted.owner) {
        made.rights.owner = find_account(known.user, from.owner);
        if (!made.rights.owner) return unknown_account(from.owner, "o");
    }
    if (wanted.group) {
        made.rights.group = find_account(known.group, from.group);
        if (!made.rights.group) return unknown_account(from.group, "g");
    }
    return made;
}

}  // namespace ferry::smb::detail
