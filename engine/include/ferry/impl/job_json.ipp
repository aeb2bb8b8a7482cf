#pragma once

#include <ferry/impl/job_reader.ipp>
#include <ferry/impl/job_writer.ipp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace ferry {
namespace detail {

inline constexpr int stored_job_version = 1;

inline boost::json::object written(
    const job& one, job_form form, boost::json::storage_ptr room = {}) {
    boost::json::object out(std::move(room));
    job_writer write(form, out);
    write("v", stored_job_version, job_form::stored);
    each_member(write, one);
    return out;
}

boost::json::object described(const has_members auto& part) {
    boost::json::object out;
    job_writer write(job_form::document, out);
    each_member(write, part);
    return out;
}

inline failure bad_job(std::string why) {
    return {errc::malformed, "job: " + std::move(why), error_context::local_file};
}

}  // namespace detail

inline boost::json::object describe(const job& one) {
    return detail::written(one, detail::job_form::document);
}

inline boost::json::object describe(const job_file& one) { return detail::described(one); }
inline boost::json::object describe(const job_error& one) { return detail::described(one); }

inline boost::json::object summarize(const job& one) {
    return detail::written(one, detail::job_form::summary);
}

inline std::string to_json(const job& one) {
    boost::json::monotonic_resource room;  // many small pieces that end together
    return boost::json::serialize(detail::written(one, detail::job_form::stored, &room));
}

inline result<job> parse_job(std::string_view text) {
    boost::json::error_code error;
    const auto parsed = boost::json::parse({text.data(), text.size()}, error);
    if (error) return detail::bad_job(error.message());
    const auto* from = parsed.if_object();
    if (!from) return detail::bad_job("no object");
    detail::job_reader read(*from);
    int version = detail::stored_job_version;
    read.need("v", version);
    if (version != detail::stored_job_version)
        return detail::bad_job("unknown version " + std::to_string(version));
    job one;
    detail::each_member(read, one);
    if (!read.wrong().empty()) return detail::bad_job("missing or wrong: " + read.wrong());
    if (!is_job_id(one.id)) return detail::bad_job("id is no UUID");
    return one;
}

inline bool is_job_id(std::string_view text) noexcept {
    constexpr std::string_view form = "xxxxxxxx-xxxx-4xxx-Vxxx-xxxxxxxxxxxx";
    const auto fits = [](char is, char should) {
        const std::string_view digits = should == 'V' ? "89ab" : "0123456789abcdef";
        return should == 'x' || should == 'V' ? digits.find(is) != digits.npos : is == should;
    };
    return std::equal(text.begin(), text.end(), form.begin(), form.end(), fits);
}

}  // namespace ferry
