#pragma once

#include <ferry/upload_session.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace ferry {

/// What an upload asks for besides what transfers ask for.
struct upload_options {
    upload_protocol how = upload_protocol::automatic;
    /// Folder, made when it is needed, of what uploads need to go on after their process has ended;
    /// empty: then they begin anew.
    std::string journals = {};
    /// Where the answer of the server's application goes (BITS: upload-reply); empty: none is
    /// wanted.
    std::filesystem::path reply = {};
    /// How a source that is no local file is reached; null: the defaults. Nothing of it is told to
    /// whoever receives the bytes, and nothing of transfer_options::access to the source.
    std::shared_ptr<const access_options> source_access = {};
};

/// Where the uploads of an engine whose jobs are in `folder` keep their journals, so that others go
/// on with what a job has begun, and a job with what others have.
inline std::string upload_journals_in(const std::string& folder) { return folder + "/uploads"; }

}  // namespace ferry
