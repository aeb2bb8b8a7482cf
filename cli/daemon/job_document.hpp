#pragma once

#include <ferry/job_json.hpp>

namespace ferry::cli {

/// A job without its files, for who asks for no more; but with a sum that only they would tell.
inline boost::json::object brief_document(const job& one) {
    auto document = summarize(one);
    document["bytes_resumed"] = one.bytes_resumed();
    return document;
}

}  // namespace ferry::cli
