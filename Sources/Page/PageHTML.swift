import Validation

/// The page of a finished run, of the whole market or of one venue, as one HTML file.
///
/// - Parameter library: draws the charts; plain SVG without.
/// - Throws: `InputError` if the folder or its recording cannot be read.
public func pageHTML(folder: String, answers: PageAnswers = PageAnswers(), library: ChartLibrary? = nil)
    throws
    -> String
{
    let run = try FinishedRun(folder: folder)
    return switch run.figures {
    case .market: try RunPage(run, answers: answers, library: library).html
    case .venue(let summary): try VenuePage(run, summary, answers: answers, library: library).html
    }
}
