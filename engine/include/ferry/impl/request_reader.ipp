#pragma once

#include <ferry/impl/job_reader.ipp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::detail {

inline failure bad_member(std::string_view why, std::string_view member) {
    if (member.starts_with('.')) member.remove_prefix(1);
    return {errc::bad_argument, std::string(why) + " '" + std::string(member) + "'"};
}

/// Reads the members of a request: of what is stored, it may say less, but nothing else.
class request_reader {
  public:
    explicit request_reader(const json::object& from) noexcept : from_(from), read_(from) {}

    /// A member that may be missing: then `member` stays as it is.
    void operator()(const char* key, auto&& member, job_form = job_form::summary) {
        known_.push_back(key);
        if (from_.contains(key)) read(key, member);
    }
    void need(const char* key, auto&& member) {
        known_.push_back(key);
        read(key, member);
    }

    /// To be asked when all members have been read.
    /// Errors: errc::bad_argument names the first one that is missing, wrong or unknown.
    /// @param where  Where the object is: "files[2]".
    result<void> outcome(const std::string& where = {}) const {
        if (!wrong_.empty()) return bad_member("missing or wrong:", where + wrong_);
        for (const auto& member : from_) {
            const std::string_view key(member.key().data(), member.key().size());
            if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
            return bad_member("unknown:", where + "." + std::string(key));
        }
        return {};
    }

  private:
    void read(const char* key, const json::object*& part) {
        const auto* value = from_.if_contains(key);
        part = value ? value->if_object() : nullptr;
        if (!part) complain("." + std::string(key));
    }
    void read(const char* key, const json::array*& part) {
        const auto* value = from_.if_contains(key);
        part = value ? value->if_array() : nullptr;
        if (!part) complain("." + std::string(key));
    }
    void read(const char* key, auto& member) {
        read_.need(key, member);
        complain(read_.wrong());
    }
    void complain(const std::string& member) {
        if (wrong_.empty()) wrong_ = member;
    }

    const json::object& from_;
    job_reader read_;
    std::vector<std::string_view> known_;
    std::string wrong_;
};

}  // namespace ferry::detail
