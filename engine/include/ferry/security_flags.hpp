#pragma once

#include <ferry/access.hpp>

#include <cstdint>

namespace ferry {

/// What BITS calls SecurityFlags (IBackgroundCopyJobHttpOptions::SetSecurityFlags): a sum of these.
namespace security_flag {
inline constexpr std::uint32_t revocation = 0x1;  ///< check it
inline constexpr std::uint32_t name = 0x2;        ///< do not check it
inline constexpr std::uint32_t date = 0x4;
inline constexpr std::uint32_t authority = 0x8;
inline constexpr std::uint32_t usage = 0x10;
inline constexpr std::uint32_t report_redirects = 0x100;
inline constexpr std::uint32_t forbid_redirects = 0x200;
inline constexpr std::uint32_t downgrade = 0x800;  ///< redirects from https to http are followed
inline constexpr std::uint32_t known = 0xf1f;
}  // namespace security_flag

/// Does as `flags` say; what they do not mention, stays.
inline void obey_security_flags(std::uint32_t flags, access_options& access) {
    using namespace security_flag;
    const auto has = [flags](std::uint32_t one) { return (flags & one) != 0; };
    access.check_revocation |= has(revocation);
    access.lenient.name |= has(name);
    access.lenient.date |= has(date);
    access.lenient.authority |= has(authority);
    access.lenient.usage |= has(usage);
    access.allow_downgrade |= has(downgrade);
    if (has(report_redirects)) access.redirects = redirect_policy::report;
    if (has(forbid_redirects)) access.redirects = redirect_policy::forbid;
}

}  // namespace ferry
