#pragma once

#include <algorithm>

namespace ferry::http {
namespace detail {

/// Reads one field from its front. Every take_ leaves the text alone if it finds nothing.
class challenge_reader {
  public:
    explicit challenge_reader(std::string_view text) : rest_(text) {}

    std::vector<challenge> read() {
        std::vector<challenge> found;
        for (skip(" \t,"); found.size() < most && !rest_.empty(); skip(" \t,")) {
            challenge next;
            next.scheme = take_token();
            if (next.scheme.empty() || !ends_scheme()) break;
            if (auto token = take_token68()) {
                next.token = *token;
            } else {
                take_parameters(next);
            }
            found.push_back(std::move(next));
            if (broken_) break;
        }
        return found;
    }

  private:
    static constexpr std::size_t most = 32;

    void skip(std::string_view these) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(these), rest_.size()));
    }

    std::string_view take_token() {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_char);
        const auto token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(token.size());
        return token;
    }

    /// A scheme is followed by spaces or by the next element of the list.
    bool ends_scheme() {
        if (!rest_.empty() && std::string_view(" \t,").find(rest_.front()) == rest_.npos)
            return false;
        skip(" \t");
        return true;
    }

    std::optional<std::string_view> take_token68() {
        const auto is_part = [](char c) {
            const bool letter = lower(c) >= 'a' && lower(c) <= 'z';
            return letter || is_digit(c) ||
                   std::string_view("-._~+/").find(c) != std::string_view::npos;
        };
        const auto body = std::find_if_not(rest_.begin(), rest_.end(), is_part);
        if (body == rest_.begin()) return std::nullopt;
        const auto end = std::find_if(body, rest_.end(), [](char c) { return c != '='; });
        const auto size = static_cast<std::size_t>(end - rest_.begin());
        const auto behind = trimmed(rest_.substr(size));
        if (!behind.empty() && behind.front() != ',') return std::nullopt;  // a parameter's name
        const auto token = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return token;
    }

    /// name=value pairs up to the next scheme, whose name no '=' follows.
    void take_parameters(challenge& into) {
        for (skip(" \t,"); !rest_.empty() && into.parameters.size() < most; skip(" \t,")) {
            const auto before = rest_;
            const auto name = take_token();
            skip(" \t");
            if (!name.empty() && !rest_.starts_with('=')) {
                rest_ = before;
                return;
            }
            if (!name.empty()) rest_.remove_prefix(1);
            auto value = name.empty() ? std::nullopt : take_value();
            broken_ = !value;
            if (broken_) return;
            into.parameters.emplace_back(std::string(name), std::move(*value));
        }
        broken_ = !rest_.empty();
    }

    /// A token, or a quoted string whose quotes and backslashes are undone.
    std::optional<std::string> take_value() {
        skip(" \t");
        if (!rest_.starts_with('"')) {
            const auto value = rest_.substr(0, rest_.find_first_of(" \t,"));
            rest_.remove_prefix(value.size());
            return value.empty() ? std::nullopt : std::optional(std::string(value));
        }
        std::string value;
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            if (rest_[at] == '"') {
                rest_.remove_prefix(at + 1);
                return value;
            }
            if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
            value += rest_[at];
        }
        return std::nullopt;  // the quotation never ends
    }

    std::string_view rest_;
    bool broken_ = false;
};

}  // namespace detail

inline std::optional<std::string_view> challenge::find(std::string_view name) const noexcept {
    for (const auto& [known, value] : parameters)
        if (equal_ignoring_case(known, name)) return value;
    return std::nullopt;
}

inline std::vector<challenge> parse_challenges(std::string_view value) {
    return detail::challenge_reader(value).read();
}

inline std::vector<challenge> challenges_of(const response_head& reply, asker by) {
    const std::string_view wanted = by == asker::server ? "WWW-Authenticate" : "Proxy-Authenticate";
    std::vector<challenge> found;
    for (std::size_t i = 0; i < reply.fields.size(); ++i) {
        if (!equal_ignoring_case(reply.fields.name(i), wanted)) continue;
        for (auto& one : parse_challenges(reply.fields.value(i))) found.push_back(std::move(one));
    }
    return found;
}

}  // namespace ferry::http
