#pragma once

#include <ferry/http/message.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::http {

/// Who asks who we are: the field it asks with, and the one that is answered with.
enum class asker { server, proxy };

/// One way to authenticate, as a server or proxy offers it (RFC 9110, 11.3).
struct challenge {
    std::string scheme = {};  ///< as sent; compares without case
    std::string token = {};   ///< token68, of schemes that send no parameters
    std::vector<std::pair<std::string, std::string>> parameters = {};  ///< without their quotes

    /// The first parameter of that name.
    std::optional<std::string_view> find(std::string_view name) const noexcept;
    bool is(std::string_view name) const noexcept { return equal_ignoring_case(scheme, name); }
    bool operator==(const challenge&) const = default;
};

/// The challenges in the value of one WWW-Authenticate or Proxy-Authenticate field (RFC 9110,
/// 11.6.1). Commas separate both challenges and their parameters. A value that breaks the grammar
/// counts as far as it was understood; at most 32 challenges with 32 parameters each.
std::vector<challenge> parse_challenges(std::string_view value);

/// Those of all fields of a reply with which `by` asks, in order.
std::vector<challenge> challenges_of(const response_head& reply, asker by);

}  // namespace ferry::http

#include <ferry/http/auth/impl/challenge.ipp>
